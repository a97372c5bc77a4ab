import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Millis, SECOND } from "#lib/duration.ts";

/** What a web server answered. */
export interface Fetched {
  readonly status: number;
  /** The Location header of a redirect. */
  readonly location: string | undefined;
  /** As Latin-1. */
  readonly body: string;
}

/** A fetch that came to nothing. `mayTryNext`: no server took the request, another address of the name may. */
export class FetchProblem extends Error {
  override readonly name = "FetchProblem";
  readonly mayTryNext: boolean;

  constructor(message: string, mayTryNext: boolean) {
    super(message);
    this.mayTryNext = mayTryNext;
  }
}

/**
 * Gets one URL from one address, whatever the name in the URL resolves to; redirects are not followed. The certificate of
 * an https server is not checked: whoever validates may have none yet, and the content is what is compared. Throws
 * FetchProblem with a reason that follows the address in a sentence.
 */
export async function fetchFrom(
  url: URL,
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<Fetched> {
  const { promise, resolve, reject } = Promise.withResolvers<Fetched>();
  const options = {
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    method: "GET",
    headers: { host: url.host, "user-agent": USER_AGENT, accept: "*/*", connection: "close" },
    agent: false,
    maxHeaderSize: MOST_HEADERS,
    signal,
  } as const;
  let connected = false;
  const onAnswer = (response: IncomingMessage): void => void readBody(response).then(resolve, reject);
  const request: ClientRequest =
    url.protocol === "https:"
      ? requestHttps({ ...options, servername: url.hostname, rejectUnauthorized: false }, onAnswer)
      : requestHttp(options, onAnswer);
  const lost = new FetchProblem("did not take the connection in time", true);
  const timer = setTimeout(() => connected || request.destroy(lost), CONNECT);
  request.on("socket", (socket) => socket.on("connect", () => (connected = true)));
  request.on("error", (error) =>
    reject(error === lost ? lost : new FetchProblem(wordsFor(error, signal), !connected && !signal.aborted)),
  );
  request.end();
  try {
    return await promise;
  } catch (error) {
    throw error instanceof FetchProblem ? error : new FetchProblem(wordsFor(error, signal), false);
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

async function readBody(response: IncomingMessage): Promise<Fetched> {
  const { statusCode = 0, headers } = response;
  const answer = { status: statusCode, location: headers.location };
  if (statusCode !== OK) return { ...answer, body: "" };
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BODY) throw new FetchProblem(`answered with more than ${MOST_BODY} bytes`, false);
    parts.push(part);
  }
  return { ...answer, body: Buffer.concat(parts).toString("latin1") };
}

function wordsFor(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "did not answer in time";
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code.startsWith("HPE_"))
    return code === "HPE_HEADER_OVERFLOW"
      ? "answered with headers that are too long"
      : "answered something that is not HTTP";
  return WORDS[code] ?? `could not be asked (${message})`;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "closed the connection without an answer",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached: there is no way to that network",
  EADDRNOTAVAIL: "cannot be reached: there is no way to that network",
  ETIMEDOUT: "did not answer in time",
};
/** Enough for the way there and back; then the next address, most often the IPv4 one, has its turn. */
const CONNECT: Millis = 3 * SECOND;
const OK = 200;
const MOST_BODY = 16_384;
const MOST_HEADERS = 16_384;
const USER_AGENT = "Sealkeeper (domain validation)";
