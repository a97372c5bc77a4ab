import { consistsOf, TARGET, TOKEN } from "#edge/http1/bytes.ts";
import { isAuthority } from "#edge/http1/request-line.ts";
import type { Head } from "./head.ts";

/** What a header block asks for. */
export interface Request {
  readonly method: string;
  readonly target: string;
  readonly host: string;
}

/** Why it is no request: its stream ends with PROTOCOL_ERROR, or it is answered with a status. */
export type NoRequest = { readonly malformed: string } | { readonly status: number };

/** Reads the head of a request (RFC 9113 section 8.3.1). */
export function readRequest(head: Head): Request | NoRequest {
  const { method, scheme, authority, path, host } = head;
  if (head.tooLarge) return { status: 431 };
  if (head.malformed !== undefined) return { malformed: head.malformed };
  if (head.status !== undefined) return { malformed: ":status in a request" };
  if (method === undefined || !consistsOf(TOKEN, method)) return { malformed: "no :method" };
  if (method === "CONNECT") return connect(head);
  if (scheme === undefined || path === undefined || path === "") return { malformed: "no :scheme or no :path" };
  // Two authorities that differ could be read as two requests.
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase()) {
    return { malformed: "host differs from :authority" };
  }
  if (path.charCodeAt(0) !== SLASH && !(path === "*" && method === "OPTIONS")) return { malformed: "no valid :path" };
  if (path.length > MOST_TARGET) return { status: 414 };
  const asked = authority ?? host;
  if (method === "TRACE") return { status: 405 };
  if (asked === undefined || !isAuthority(asked) || !consistsOf(TARGET, path)) return { status: 400 };
  return scheme === "http" || scheme === "https" ? { method, target: path, host: asked } : { status: 400 };
}

/** A tunnel: no load balancer makes one (section 8.5). */
function connect({ scheme, path, authority }: Head): NoRequest {
  const wellFormed = scheme === undefined && path === undefined && authority !== undefined;
  return wellFormed ? { status: 400 } : { malformed: "no CONNECT" };
}

const SLASH = 47;
const MOST_TARGET = 16_384;
