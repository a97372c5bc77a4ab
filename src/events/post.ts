import { lookup } from "node:dns";
import { type RequestOptions, request as requestClear } from "node:http";
import { request as requestTls } from "node:https";
import type { ApiCall } from "#domain/events/api-call.ts";
import { unreachable } from "#domain/events/reachable.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { parseIpAddress } from "#lib/ip-address.ts";

export interface PostOptions {
  /** For everything, from the look-up of the name to the answer's head. */
  readonly timeout: Millis;
  /** PEM of the CAs that are trusted; those that Node trusts unless told. */
  readonly trusted?: readonly string[] | undefined;
  /** Whether it may be on this machine or its links. */
  readonly anywhere: boolean;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/**
 * Sends a request and answers what came back of it; of the body nothing is kept, redirects are not followed. Rejects,
 * with a message for people, when there was no answer.
 */
export async function post(call: ApiCall, { timeout, trusted, anywhere }: PostOptions): Promise<Answer> {
  const { url, method, headers, body } = call;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // An address is not looked up, so the guard below does not see it.
  if (!anywhere && parseIpAddress(host)) refuseUnreachable(host, [host]);
  const hasBody = !["GET", "HEAD"].includes(method);
  const options: RequestOptions & { readonly ca?: string[] } = {
    method,
    headers: { ...headers, connection: "close", ...(hasBody ? { "content-length": Buffer.byteLength(body) } : {}) },
    agent: false,
    signal: AbortSignal.timeout(timeout),
    ...(trusted ? { ca: [...trusted] } : {}),
    ...(anywhere ? {} : { lookup: guardedLookup }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = (url.protocol === "https:" ? requestTls : requestClear)(url, options);
  request.on("error", (error) => reject(inWords(error, timeout)));
  request.on("response", (response) => {
    resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] });
    let size = 0;
    // Read to its end, so that the receiver is not cut off, but not for ever.
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_READ) response.destroy();
    });
    response.on("error", () => {});
  });
  request.end(hasBody ? body : undefined);
  return await promise;
}

/** Looks a name up and lets only addresses through that may be reached. */
const guardedLookup: NonNullable<RequestOptions["lookup"]> = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, []);
      return;
    }
    const reachable = addresses.filter(({ address }) => unreachable(address) === undefined);
    const [first] = reachable;
    if (!first) {
      try {
        refuseUnreachable(
          hostname,
          addresses.map(({ address }) => address),
        );
      } catch (refused) {
        callback(refused as NodeJS.ErrnoException, []);
      }
    } else if (options.all) callback(null, reachable);
    else callback(null, first.address, first.family);
  });
};

function refuseUnreachable(host: string, addresses: readonly string[]): void {
  const [address = ""] = addresses;
  const why = unreachable(address);
  if (why === undefined) return;
  throw new Error(`${host} is at ${address} (${why}), which is not called; the setting event-local-targets allows it`);
}

function inWords(error: Error, timeout: Millis): Error {
  const timedOut = error.name === "TimeoutError" || error.name === "AbortError";
  return timedOut ? new Error(`it did not answer within ${timeout / SECOND} s`) : error;
}

const MOST_READ = 65_536;
