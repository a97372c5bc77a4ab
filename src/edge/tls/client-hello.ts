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
  const length = uint(message, 1, 3);
  if (message[0] !== CLIENT_HELLO || length > MOST_HELLO_BYTES) return { state: "malformed" };
  if (message.length < 4 + length) return tooLong(bytes);
  try {
    return { state: "whole", hello: parseHello(new Cursor(message.subarray(4, 4 + length))) };
  } catch (error) {
    if (error instanceof Malformed) return { state: "malformed" };
    throw error;
  }
}

/** No client needs more; those that say more are turned away. */
export const MOST_HELLO_BYTES: number = 64 * 1024;

function tooLong(bytes: Uint8Array): HelloReading {
  return { state: bytes.length >= MOST_HELLO_BYTES ? "malformed" : "more" };
}

/** The handshake message so far, its records taken off; early data may follow it in records of other kinds. */
function handshakeBytes(bytes: Uint8Array): Uint8Array | "not-tls" | "malformed" {
  const message = Buffer.alloc(bytes.length);
  let filled = 0;
  for (let at = 0; at < bytes.length && !(filled >= 4 && filled >= 4 + uint(message, 1, 3)); ) {
    if (bytes[at] !== HANDSHAKE_RECORD) return at === 0 ? "not-tls" : "malformed";
    const major = bytes[at + 1];
    if (major !== undefined && major !== 3) return "malformed";
    if (bytes.length < at + 5) break;
    const length = uint(bytes, at + 3, 2);
    if (length === 0 || length > MOST_RECORD_BYTES) return "malformed";
    const part = bytes.subarray(at + 5, at + 5 + length);
    message.set(part, filled);
    filled += part.length;
    at += 5 + length;
  }
  return message.subarray(0, filled);
}

function parseHello(hello: Cursor): ClientHello {
  const legacyVersion = hello.uint(2);
  hello.take(32); // random
  const session = hello.vector(1);
  if (session.left > 32) throw new Malformed();
  const cipherSuites = hello.vector(2).uint16s();
  const compression = hello.vector(1);
  if (cipherSuites.length === 0 || compression.left === 0) throw new Malformed();
  const extensions = readExtensions(hello);
  const serverName = extensions.get(SERVER_NAME);
  const versions = extensions.get(SUPPORTED_VERSIONS);
  const signatureAlgorithms = extensions.get(SIGNATURE_ALGORITHMS);
  const groups = extensions.get(SUPPORTED_GROUPS);
  const name = serverName && hostName(serverName);
  return {
    ...(name === undefined ? {} : { serverName: name }),
    versions: versions ? only(versions.vector(1), versions).uint16s() : upTo(legacyVersion),
    cipherSuites,
    ...(signatureAlgorithms
      ? { signatureAlgorithms: only(signatureAlgorithms.vector(2), signatureAlgorithms).uint16s() }
      : {}),
    ...(groups ? { groups: only(groups.vector(2), groups).uint16s() } : {}),
  };
}

function readExtensions(hello: Cursor): ReadonlyMap<number, Cursor> {
  const found = new Map<number, Cursor>();
  if (hello.left === 0) return found;
  const extensions = only(hello.vector(2), hello);
  while (extensions.left > 0) {
    const type = extensions.uint(2);
    if (found.has(type)) throw new Malformed();
    found.set(type, extensions.vector(2));
  }
  return found;
}

/** RFC 6066 section 3: the first name of type host_name. */
function hostName(extension: Cursor): string | undefined {
  if (extension.left === 0) return undefined;
  const names = only(extension.vector(2), extension);
  while (names.left > 0) {
    const type = names.uint(1);
    const name = names.vector(2);
    if (type !== 0) continue;
    const text = Buffer.from(name.take(name.left)).toString("latin1").toLowerCase().replace(/\.$/, "");
    return /^[a-z0-9_.-]{1,253}$/.test(text) ? text : undefined;
  }
  return undefined;
}

function upTo(legacyVersion: number): number[] {
  return LEGACY_VERSIONS.filter((version) => version <= legacyVersion);
}

/** `part`, when nothing follows it in `whole`. */
function only(part: Cursor, whole: Cursor): Cursor {
  if (whole.left > 0) throw new Malformed();
  return part;
}

class Malformed extends Error {}

/** A place in bytes that never reads behind their end. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new Malformed();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  uint(size: number): number {
    return uint(this.take(size), 0, size);
  }

  /** What is behind a length of `size` bytes. */
  vector(size: number): Cursor {
    return new Cursor(this.take(this.uint(size)));
  }

  uint16s(): number[] {
    if (this.left % 2 !== 0) throw new Malformed();
    return Array.from({ length: this.left / 2 }, () => this.uint(2));
  }
}

function uint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const MOST_RECORD_BYTES = 16_384;
const LEGACY_VERSIONS = [0x0301, 0x0302, 0x0303];
const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;
