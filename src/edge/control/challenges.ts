import type { Client, Exchange } from "#edge/http/exchange.ts";
import { exchangeSecret } from "#edge/keys/secret-exchange.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type ControlPoint, endpointsOf } from "./control-point.ts";

/** What the control plane answers to a public CA that looks for a token; undefined when no order waits for it. */
export type FindChallenge = (token: string) => Promise<string | undefined>;

/** The token that a request in clear looks for, as public CAs do over HTTP (RFC 8555 section 8.3); undefined for all others. */
export function challengeToken({
  method,
  target,
  client,
}: Pick<Exchange, "method" | "target"> & { readonly client: Pick<Client, "scheme"> }): string | undefined {
  if (client.scheme !== "http" || (method !== "GET" && method !== "HEAD")) return undefined;
  return PATH.exec(target)?.[1];
}

/**
 * Asks the control plane. Whoever makes tokens up does not keep it busy: of more than a few at once the rest are passed
 * on as any other request, and so are all when it does not answer.
 */
export function challengesOf(point: ControlPoint): FindChallenge {
  let asking = 0;
  const ask = (token: string, endpoint: URL): Promise<string | undefined> => {
    const head = [`GET ${BEGIN}${token} HTTP/1.1`, `host: ${endpoint.host}`, "connection: close"];
    return exchangeSecret(
      Buffer.from(`${head.join("\r\n")}\r\n\r\n`),
      ({ status, body }) => (status === 200 ? body.toString("latin1") : undefined),
      { ...point, endpoint, timeout: TIMEOUT },
    );
  };
  return async (token) => {
    if (asking >= MOST_AT_ONCE) return undefined;
    asking += 1;
    try {
      for (const endpoint of endpointsOf(point)) {
        const found = await ask(token, endpoint).catch(() => NO_ANSWER);
        if (found !== NO_ANSWER) return found;
      }
      return undefined;
    } finally {
      asking -= 1;
    }
  };
}

const NO_ANSWER = "";
const BEGIN = "/.well-known/acme-challenge/";
const PATH = /^\/\.well-known\/acme-challenge\/([\w-]{1,128})$/;
const MOST_AT_ONCE = 16;
const TIMEOUT: Millis = 3 * SECOND;
