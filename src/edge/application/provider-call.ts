import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";

/** Calls identity providers: their token, user info and JWKS endpoints. Bounded in time, in size and in number. */
export interface ProviderClient {
  /** Rejects with ProviderError. Redirects are answers like any other. */
  call(request: ProviderRequest): Promise<ProviderAnswer>;
  close(): void;
}

export interface ProviderRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The longest body that is taken. */
  readonly mostBytes: number;
}

export interface ProviderAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** No answer that could be judged. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly kind: "unreachable" | "too-large";

  constructor(kind: ProviderError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface ProviderClientDeps {
  readonly timers: Timers;
  /** PEM certificates that are trusted beside the public roots. */
  readonly roots: readonly string[];
}

/** Endpoints are HTTPS, verified, or HTTP on this machine. */
export function providerClient({ timers, roots }: ProviderClientDeps): ProviderClient {
  const settings = { keepAlive: true, maxSockets: MOST_TO_ONE, maxFreeSockets: 4, timeout: TIMEOUT };
  const http = new HttpAgent(settings);
  const https = new HttpsAgent({ ...settings, ca: [...rootCertificates, ...roots], minVersion: "TLSv1.2" });
  let calls = 0;
  const send = ({ url, method, headers, body, mostBytes }: ProviderRequest): Promise<ProviderAnswer> =>
    new Promise((resolve, reject) => {
      const place = URL.parse(url);
      if (!place || !isAllowed(place)) return reject(new ProviderError("unreachable", `${url} is not an HTTPS URL`));
      const secure = place.protocol === "https:";
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = { method, headers: { accept: "application/json", ...headers, ...length } };
      const request = secure
        ? requestHttps(place, { ...options, agent: https })
        : requestHttp(place, { ...options, agent: http });
      const fail = (error: Error): void => {
        cancel();
        reject(
          error instanceof ProviderError ? error : new ProviderError("unreachable", `${place.host}: ${error.message}`),
        );
        request.destroy();
      };
      const cancel = timers.after(TIMEOUT, () => fail(new Error(`no answer in ${TIMEOUT / SECOND} seconds`)));
      request.on("error", fail);
      request.on("response", (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on("data", (piece: Buffer) => {
          size += piece.length;
          if (size > mostBytes)
            fail(new ProviderError("too-large", `${place.host} answers more than ${mostBytes} bytes`));
          else pieces.push(piece);
        });
        response.on("error", fail);
        response.on("close", () => {
          if (!response.complete) return fail(new Error("the answer was broken off"));
          cancel();
          const { statusCode = 0, headers: fields } = response;
          resolve({ status: statusCode, contentType: fields["content-type"], body: Buffer.concat(pieces) });
        });
      });
      request.end(body);
    });
  return {
    async call(request) {
      if (calls >= MOST_AT_ONCE) throw new ProviderError("unreachable", "too many calls to identity providers at once");
      calls += 1;
      try {
        return await send(request);
      } finally {
        calls -= 1;
      }
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function isAllowed({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;
const TIMEOUT: Millis = 10 * SECOND;
const MOST_TO_ONE = 32;
const MOST_AT_ONCE = 256;
