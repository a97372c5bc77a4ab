import { constants, type ServerHttp2Stream } from "node:http2";
import { Writable } from "node:stream";
import { type Client, type Exchange, fieldValues, type Headers, pairs } from "./exchange.ts";

/** An HTTP/2 request as an exchange, or the status it deserves. nghttp2 has refused what RFC 9113 calls malformed. */
export function http2Exchange(
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  client: Client,
): Exchange | { readonly refused: number; readonly exchange: Exchange } {
  const all: Headers = pairs(rawHeaders);
  const pseudo = (name: string): string | undefined => fieldValues(all, name)[0];
  const headers = joinCookies(all.filter(([name]) => !name.startsWith(":") && name !== "host"));
  const method = pseudo(":method") ?? "GET";
  const target = pseudo(":path") ?? "";
  const host = pseudo(":authority") ?? pseudo("host");
  const length = fieldValues(headers, "content-length")[0];
  const exchange: Exchange = {
    method,
    target,
    host,
    headers,
    body: stream,
    bodyLength: stream.endAfterHeaders ? 0 : length === undefined ? "unknown" : Number(length),
    client,
    respond(status, _reason, fields) {
      const bodiless = method === "HEAD" || status === 204 || status === 304;
      // A client that closes its stream without an error leaves one that cannot be answered, and lives until it is read.
      if (stream.closed) stream.destroy();
      if (stream.destroyed || stream.headersSent) return nowhere();
      stream.respond({ ":status": status, ...byName(fields) }, { endStream: bodiless });
      return bodiless ? nowhere() : stream;
    },
    abort: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    onAbort(act) {
      stream.once("close", () => {
        if (!stream.headersSent || !stream.writableFinished || stream.rstCode !== constants.NGHTTP2_NO_ERROR) act();
      });
    },
  };
  const refused = reasonToRefuse(method, target, host);
  return refused === undefined ? exchange : { refused, exchange };
}

function reasonToRefuse(method: string, target: string, host: string | undefined): number | undefined {
  if (method === "TRACE") return 405;
  if (method === "CONNECT" || host === undefined) return 400;
  if (!target.startsWith("/") && !(target === "*" && method === "OPTIONS")) return 400;
  return target.length > MOST_TARGET_BYTES ? 414 : undefined;
}

/** HTTP/2 may cut cookies into several fields; HTTP/1.1 may not (RFC 9113 section 8.2.3). */
function joinCookies(headers: Headers): Headers {
  const cookies = fieldValues(headers, "cookie");
  if (cookies.length < 2) return headers;
  return [...headers.filter(([name]) => name !== "cookie"), ["cookie", cookies.join("; ")]];
}

/** Node's HTTP/2 wants an object; a field that came several times is a list. */
function byName(fields: Headers): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const known = found.get(key);
    found.set(key, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(found);
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

const MOST_TARGET_BYTES = 16 * 1024;
