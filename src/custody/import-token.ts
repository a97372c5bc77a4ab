import { createHash, randomBytes } from "node:crypto";

/** An import token taken apart. Only its digest is kept, so that who reads the store cannot use it. */
export interface ImportToken {
  /** The digest of the token: the id of the wrapping key that was made with it. */
  readonly id: string;
  readonly validTo: Date;
}

/** A token that nobody can guess, and what it says. */
export function newImportToken(validTo: Date): ImportToken & { readonly bytes: Buffer } {
  const bytes = Buffer.concat([MAGIC, Buffer.alloc(TIME), randomBytes(SECRET)]);
  bytes.writeBigUInt64BE(BigInt(validTo.getTime()), MAGIC.length);
  return { bytes, id: digest(bytes), validTo };
}

/**
 * What a token says; undefined when it cannot be one of ours. That it is one shows when a wrapping key has its id: its end
 * is told here so that one whose wrapping key is long gone is called expired.
 */
export function readImportToken(token: Uint8Array): ImportToken | undefined {
  if (token.length !== MAGIC.length + TIME + SECRET) return undefined;
  const bytes = Buffer.from(token);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const time = bytes.readBigUInt64BE(MAGIC.length);
  return time > LATEST ? undefined : { id: digest(bytes), validTo: new Date(Number(time)) };
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

// magic and form (4) | end in milliseconds (8) | random (32)
const MAGIC = Buffer.from([0x53, 0x4b, 0x49, 0x01]);
const TIME = 8;
const SECRET = 32;
/** The last time that a Date can hold. */
const LATEST = 8_640_000_000_000_000n;
