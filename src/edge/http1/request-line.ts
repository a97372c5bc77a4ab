import { CR, consistsOf, HOST, SPACE, TARGET, TOKEN } from "./bytes.ts";

/** The first line of a request. */
export interface RequestLine {
  readonly method: string;
  /** As it was written: the origin form, the absolute form, or `*`. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
}

/** Why there is no request line (RFC 9112 section 3). */
export type RequestLineFault =
  | "bad-method"
  | "bad-target"
  | "null-in-target"
  | "space-in-target"
  | "no-version"
  | "bad-version"
  | "unsupported-version"
  | "line-end";

/** Reads a request line, from its first byte up to its LF. */
export function readRequestLine(bytes: Buffer, from: number, lineFeed: number): RequestLine | RequestLineFault {
  let i = from;
  while (TOKEN[bytes[i] as number] === 1) i++;
  if (i === from || bytes[i] !== SPACE) return "bad-method";
  const methodEnd = i++;
  while (TARGET[bytes[i] as number] === 1) i++;
  const targetEnd = i;
  const end = lineFeed - 1;
  if (bytes[end] !== CR) return "line-end";
  if (targetEnd === methodEnd + 1) return "bad-target";
  if (targetEnd === end) return "no-version";
  if (bytes[i] !== SPACE) return bytes[i] === 0 || bytes[i] === CR ? "null-in-target" : "bad-target";
  if (end - targetEnd !== " HTTP/1.1".length || bytes.readUInt32BE(i + 1) !== HTTP || bytes[i + 5] !== SLASH) {
    // What stands behind a first space may be the rest of a target that was not escaped.
    return bytes.toString("latin1", i + 1, end).includes(" HTTP/") ? "space-in-target" : "bad-version";
  }
  if (!isDigit(bytes[i + 6]) || bytes[i + 7] !== DOT || !isDigit(bytes[i + 8])) return "bad-version";
  if (bytes[i + 6] !== ONE || (bytes[i + 8] as number) > ONE) return "unsupported-version";
  const text = bytes.toString("latin1", from, targetEnd);
  return {
    method: text.slice(0, methodEnd - from),
    target: text.slice(methodEnd + 1 - from),
    version: bytes[i + 8] === ONE ? "1.1" : "1.0",
  };
}

/** What a request asks for. */
export interface Asked {
  /** In the origin form, or `*`. */
  readonly target: string;
  /** The authority of a target in the absolute form: it counts for more than `Host` (RFC 9112 section 3.2.2). */
  readonly authority: string | undefined;
}

/** Reads a request target of a method that is neither CONNECT nor anything else of its own form; undefined for no valid one. */
export function readTarget(method: string, target: string): Asked | undefined {
  if (target.charCodeAt(0) === SLASH) return { target, authority: undefined };
  if (target === "*") return method === "OPTIONS" ? { target, authority: undefined } : undefined;
  const scheme = target.slice(0, 8).toLowerCase();
  const start = scheme.startsWith("http://") ? 7 : scheme === "https://" ? 8 : 0;
  if (start === 0) return undefined;
  let end = start;
  while (end < target.length && target.charCodeAt(end) !== SLASH && target.charCodeAt(end) !== QUESTION) end++;
  const authority = target.slice(start, end);
  if (!isAuthority(authority)) return undefined;
  if (end === target.length) return { target: method === "OPTIONS" ? "*" : "/", authority };
  const rest = target.slice(end);
  return { target: rest.charCodeAt(0) === SLASH ? rest : `/${rest}`, authority };
}

/** Whether a text is `host[:port]` (RFC 9110 section 7.2) of a host that has a name: http has no empty ones (section 4.2.1). */
export function isAuthority(text: string): boolean {
  const bracket = text.charCodeAt(0) === OPEN_BRACKET ? text.indexOf("]") : -1;
  const colon = text.indexOf(":", Math.max(bracket, 0));
  if (colon >= 0 && colon + 1 < text.length && !consistsOf(DIGIT, text.slice(colon + 1))) return false;
  const host = colon < 0 ? text : text.slice(0, colon);
  if (bracket < 0) return consistsOf(HOST, host);
  return bracket === host.length - 1 && consistsOf(IP_LITERAL, host.slice(1, -1));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && DIGIT[byte] === 1;
}

const DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 48 && byte <= 57 ? 1 : 0));
/** What may stand in brackets (RFC 3986 section 3.2.2). */
const IP_LITERAL = Uint8Array.from(HOST, (one, byte) => (byte === 58 ? 1 : one));
const HTTP = 0x48545450;
const SLASH = 47;
const DOT = 46;
const ONE = 49;
const QUESTION = 63;
const OPEN_BRACKET = 91;
