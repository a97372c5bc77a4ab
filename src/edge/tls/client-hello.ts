/** What a ClientHello says that decides which certificate and which settings answer it. */
export interface ClientHello {
  /** Lower case; undefined when the client named none (or something that is no host name). */
  readonly serverName?: string;
  /** 0x0301 (TLS 1.0) … 0x0304 (TLS 1.3), and values that mean nothing (GREASE). */
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  /** Undefined when the extension is missing, as with TLS 1.0 and 1.1 clients. */
  readonly signatureAlgorithms?: readonly number[];
  readonly groups?: readonly number[];
  /** The groups that it has sent a key of already (TLS 1.3). */
  readonly keyShares?: readonly number[];
  /** The protocols that it offers (ALPN), in its order of preference. */
  readonly protocols?: readonly string[];
}

/** What the first bytes of a connection are: a whole ClientHello, the beginning of one, or something else. */
export type HelloReading =
  | { readonly state: "whole"; readonly hello: ClientHello }
  | { readonly state: "more" }
  | { readonly state: "not-tls" }
  | { readonly state: "malformed" };

/**
 * Reads a ClientHello (RFC 8446 section 4.1.2) that may be cut into records anyhow. It only decides what answers;
 * the handshake itself is OpenSSL's. `bytes` are all that came so far, at most MOST_HELLO_BYTES.
 */
export function readClientHello(bytes: Uint8Array): HelloReading {
  const message = handshakeBytes(bytes);
  if (message === "not-tls" || message === "malformed") return { state: message };
  if (message.length < 4) return tooLong(bytes);
  const length = uint24(message, 1);
  if (message[0] !== CLIENT_HELLO || length > MOST_HELLO_BYTES) return { state: "malformed" };
  if (message.length < 4 + length) return tooLong(bytes);
  const hello = parseHello(message, 4 + length);
  return hello ? { state: "whole", hello } : { state: "malformed" };
}

/** No client needs more; those that say more are turned away. */
export const MOST_HELLO_BYTES: number = 64 * 1024;

function tooLong(bytes: Uint8Array): HelloReading {
  return { state: bytes.length >= MOST_HELLO_BYTES ? "malformed" : "more" };
}

/** The handshake message so far, its records taken off; early data may follow it in records of other kinds. */
function handshakeBytes(bytes: Uint8Array): Uint8Array | "not-tls" | "malformed" {
  if (bytes.length > 0 && bytes[0] !== HANDSHAKE_RECORD) return "not-tls";
  // Nearly always it is one record: nothing is copied then.
  const first = bytes.length < 9 ? 0 : uint16(bytes, 3);
  if (bytes[1] === 3 && first >= 4 && first <= MOST_RECORD_BYTES && uint24(bytes, 6) <= first - 4)
    return bytes.subarray(5, 5 + first);
  const message = Buffer.allocUnsafe(bytes.length);
  let filled = 0;
  for (let at = 0; at < bytes.length && !(filled >= 4 && filled >= 4 + uint24(message, 1)); ) {
    if (bytes[at] !== HANDSHAKE_RECORD) return "malformed";
    const major = bytes[at + 1];
    if (major !== undefined && major !== 3) return "malformed";
    if (bytes.length < at + 5) break;
    const length = uint16(bytes, at + 3);
    if (length === 0 || length > MOST_RECORD_BYTES) return "malformed";
    const part = bytes.subarray(at + 5, at + 5 + length);
    message.set(part, filled);
    filled += part.length;
    at += 5 + length;
  }
  return message.subarray(0, filled);
}

/**
 * The fields up to `end`; undefined when they are not as they must be. Each vector is read by a function that is given
 * where it begins and where what holds it ends.
 */
function parseHello(bytes: Uint8Array, end: number): ClientHello | undefined {
  const legacyVersion = uint16(bytes, 4);
  let at = 4 + 2 + 32; // the version, the random
  if (at + 1 > end) return undefined;
  const session = bytes[at] ?? 0;
  if (session > 32) return undefined;
  at += 1 + session;
  const suites = vector16(bytes, at, end);
  if (!suites || suites.length === 0) return undefined;
  at += 2 + 2 * suites.length;
  const compressions = bytes[at] ?? 0;
  if (at >= end || compressions === 0 || at + 1 + compressions > end) return undefined;
  at += 1 + compressions;
  if (at === end) return { versions: upTo(legacyVersion), cipherSuites: suites };
  if (at + 2 > end || at + 2 + uint16(bytes, at) !== end) return undefined;
  const found = readExtensions(bytes, at + 2, end);
  if (!found) return undefined;
  return { ...found, versions: found.versions ?? upTo(legacyVersion), cipherSuites: suites };
}

type Found = { -readonly [Key in Exclude<keyof ClientHello, "cipherSuites">]?: ClientHello[Key] };

function readExtensions(bytes: Uint8Array, from: number, end: number): Found | undefined {
  const found: Found = {};
  const types: number[] = [];
  for (let at = from; at < end; ) {
    if (at + 4 > end) return undefined;
    const type = uint16(bytes, at);
    const start = at + 4;
    const stop = start + uint16(bytes, at + 2);
    if (stop > end || types.includes(type) || types.push(type) > MOST_EXTENSIONS) return undefined;
    if (!readExtension(type, bytes, start, stop, found)) return undefined;
    at = stop;
  }
  return found;
}

/** False when an extension that we read is malformed. */
function readExtension(type: number, bytes: Uint8Array, start: number, stop: number, found: Found): boolean {
  switch (type) {
    case SERVER_NAME: {
      const name = hostName(bytes, start, stop);
      if (name === MALFORMED) return false;
      if (name !== undefined) found.serverName = name;
      return true;
    }
    case SUPPORTED_GROUPS: {
      const groups = whole16(bytes, start, stop);
      if (groups) found.groups = groups;
      return groups !== undefined;
    }
    case SIGNATURE_ALGORITHMS: {
      const algorithms = whole16(bytes, start, stop);
      if (algorithms) found.signatureAlgorithms = algorithms;
      return algorithms !== undefined;
    }
    case SUPPORTED_VERSIONS: {
      const length = bytes[start] ?? 0;
      if (start + 1 + length !== stop || length % 2 !== 0) return false;
      found.versions = uint16s(bytes, start + 1, stop);
      return true;
    }
    case KEY_SHARE: {
      const shares = keyShares(bytes, start, stop);
      if (shares) found.keyShares = shares;
      return shares !== undefined;
    }
    case ALPN: {
      const protocols = alpnProtocols(bytes, start, stop);
      if (protocols) found.protocols = protocols;
      return protocols !== undefined;
    }
    default:
      return true;
  }
}

/** RFC 6066 section 3: the first name of type host_name. */
function hostName(bytes: Uint8Array, start: number, stop: number): string | undefined | typeof MALFORMED {
  if (start === stop) return undefined;
  if (start + 2 > stop || start + 2 + uint16(bytes, start) !== stop) return MALFORMED;
  for (let at = start + 2; at < stop; ) {
    if (at + 3 > stop) return MALFORMED;
    const type = bytes[at];
    const from = at + 3;
    at = from + uint16(bytes, at + 1);
    if (at > stop) return MALFORMED;
    if (type !== 0) continue;
    const text = latin1(bytes, from, at).toLowerCase();
    return HOST_NAME.test(text) ? text.replace(/\.$/, "") : undefined;
  }
  return undefined;
}

/** RFC 8446 section 4.2.8. */
function keyShares(bytes: Uint8Array, start: number, stop: number): number[] | undefined {
  if (start + 2 > stop || start + 2 + uint16(bytes, start) !== stop) return undefined;
  const groups: number[] = [];
  for (let at = start + 2; at < stop; at += 4 + uint16(bytes, at + 2)) {
    if (at + 4 > stop || at + 4 + uint16(bytes, at + 2) > stop) return undefined;
    groups.push(uint16(bytes, at));
  }
  return groups;
}

/** RFC 7301 section 3.1. */
function alpnProtocols(bytes: Uint8Array, start: number, stop: number): string[] | undefined {
  if (start + 2 > stop || start + 2 + uint16(bytes, start) !== stop) return undefined;
  const protocols: string[] = [];
  for (let at = start + 2; at < stop; ) {
    const next = at + 1 + (bytes[at] ?? 0);
    if (next > stop || next === at + 1) return undefined;
    protocols.push(latin1(bytes, at + 1, next));
    at = next;
  }
  return protocols;
}

function upTo(legacyVersion: number): number[] {
  return LEGACY_VERSIONS.filter((version) => version <= legacyVersion);
}

/** A list of numbers that fills an extension. */
function whole16(bytes: Uint8Array, start: number, stop: number): number[] | undefined {
  const numbers = vector16(bytes, start, stop);
  return numbers && start + 2 + 2 * numbers.length === stop ? numbers : undefined;
}

/** A list of numbers of two bytes each, behind its length. */
function vector16(bytes: Uint8Array, start: number, limit: number): number[] | undefined {
  if (start + 2 > limit) return undefined;
  const length = uint16(bytes, start);
  if (start + 2 + length > limit || length % 2 !== 0) return undefined;
  return uint16s(bytes, start + 2, start + 2 + length);
}

function uint16s(bytes: Uint8Array, start: number, stop: number): number[] {
  const numbers: number[] = [];
  for (let at = start; at < stop; at += 2) numbers.push(uint16(bytes, at));
  return numbers;
}

function latin1(bytes: Uint8Array, start: number, stop: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString("latin1");
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function uint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | uint16(bytes, at + 1);
}

const HOST_NAME = /^[a-z0-9_.-]{1,254}$/;
const MALFORMED: unique symbol = Symbol("malformed");
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const MOST_RECORD_BYTES = 16_384;
/** TLS has some sixty; with this bound looking for duplicates stays cheap. */
const MOST_EXTENSIONS = 128;
const LEGACY_VERSIONS = [0x0301, 0x0302, 0x0303];
const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const KEY_SHARE = 51;
