/** What an edge on another machine joins with: it proves the edge to the control plane, and the control plane to the edge. */
export interface JoinToken {
  /** Names the token; no secret. */
  readonly id: string;
  /** 32 bytes, base64url. */
  readonly secret: string;
  /** SHA-256 of the fleet's CA certificate, base64url. */
  readonly fingerprint: string;
}

export function writeJoinToken({ id, secret, fingerprint }: JoinToken): string {
  return [PREFIX, id, secret, fingerprint].join(".");
}

/** Undefined for what is no token. */
export function readJoinToken(text: string): JoinToken | undefined {
  const [, id, secret, fingerprint] = TOKEN.exec(text.trim()) ?? [];
  return id === undefined || secret === undefined || fingerprint === undefined
    ? undefined
    : { id, secret, fingerprint };
}

/** `sha256:` and 64 hexadecimal digits, with or without colons, as base64url; undefined for anything else. */
export function readFingerprint(text: string): string | undefined {
  const [, digits] = /^sha256:([0-9a-f]{2}(?::?[0-9a-f]{2}){31})$/i.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : Buffer.from(digits.replaceAll(":", ""), "hex").toString("base64url");
}

const PREFIX = "ske1";
const TOKEN = /^ske1\.([0-9a-f]{16})\.([\w-]{43})\.([\w-]{43})$/;
