import type { IncomingMessage, ServerResponse } from "node:http";
import { type Client, type Exchange, fieldValues, type Headers, pairs } from "./exchange.ts";

/** An HTTP/1 request as an exchange, or the status it deserves. `mayStay` tells whether the connection may be used again. */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  client: Client,
  mayStay: () => boolean,
  upgrade?: Exchange["upgrade"],
): Exchange | { readonly refused: number; readonly exchange: Exchange } {
  const all: Headers = pairs(request.rawHeaders);
  const hosts = fieldValues(all, "host");
  const { target, authority } = splitTarget(request.url ?? "/");
  const refused = reasonToRefuse(request, hosts, all, { target, authority });
  const exchange: Exchange = {
    method: request.method ?? "GET",
    target,
    host: authority ?? hosts[0],
    headers: all.filter(([name]) => name.toLowerCase() !== "host"),
    body: request,
    bodyLength: bodyLength(all),
    client,
    ...(upgrade ? { upgrade } : {}),
    respond(status, reason, headers) {
      // Where a request that is refused ends is nothing to rely on.
      const sound = refused === undefined && upgrade === undefined && request.httpVersion === "1.1";
      const stays = sound && response.shouldKeepAlive && mayStay();
      const flat = [...headers, ["Connection", stays ? "keep-alive" : "close"]].flat();
      if (reason === undefined) response.writeHead(status, flat);
      else response.writeHead(status, reason, flat);
      return response;
    },
    abort: () => request.socket.destroy(),
    onAbort(act) {
      response.once("close", () => {
        if (!response.writableFinished) act();
      });
    },
  };
  return refused === undefined ? exchange : { refused, exchange };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
function reasonToRefuse(
  request: IncomingMessage,
  hosts: readonly string[],
  headers: Headers,
  { target, authority }: ReturnType<typeof splitTarget>,
): number | undefined {
  if (request.method === "TRACE") return 405;
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion === "1.1")) return 400;
  if (![...hosts, authority ?? ""].every((host) => AUTHORITY.test(host))) return 400;
  if (!target.startsWith("/") && !(target === "*" && request.method === "OPTIONS")) return 400;
  if (target.length > MOST_TARGET_BYTES) return 414;
  const codings = fieldValues(headers, "transfer-encoding");
  if (codings.length > 0 && codings.join(",").trim().toLowerCase() !== "chunked") return 501;
  return undefined;
}

/** The absolute form names the authority itself, and then it is the one that counts (RFC 9112 section 3.2.2). */
function splitTarget(target: string): { target: string; authority: string | undefined } {
  const [, authority, rest] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target) ?? [];
  if (authority === undefined || rest === undefined) return { target, authority };
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority };
}

function bodyLength(headers: Headers): Exchange["bodyLength"] {
  if (fieldValues(headers, "transfer-encoding").length > 0) return "unknown";
  return Number(fieldValues(headers, "content-length")[0] ?? 0);
}

/** RFC 3986 section 3.2, without user information: RFC 9110 section 4.2.4. */
const AUTHORITY = /^[a-z0-9_.~%!$&'()*+,;=:[\]-]*$/i;
const MOST_TARGET_BYTES = 16 * 1024;
