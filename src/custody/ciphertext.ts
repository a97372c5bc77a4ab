import { type KeyObject, randomBytes } from "node:crypto";
import { isMultiRegion, type KeyId, type WireKeyId, wireKeyId } from "#domain/keys/names.ts";
import { canonicalContext, type EncryptionContext } from "#lib/encryption-context.ts";
import { hkdf } from "#lib/hkdf.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";

/**
 * What KMS hands out as CiphertextBlob, taken apart: it names its master key and the version of its material. That of a
 * multi-Region key names no Region: each of the related keys opens it.
 */
export interface Ciphertext {
  readonly keyId: WireKeyId;
  readonly version: number;
  /** Everything before the sealed message; it is bound to it. */
  readonly header: Buffer;
  readonly salt: Buffer;
  readonly sealed: Buffer;
}

/**
 * Encrypts one message. Each has an AES-256-GCM key of its own, derived from the master key with a random salt, so that
 * the number of messages under one master key has no bound. Header and context are bound as associated data.
 */
export function encryptUnder(
  material: KeyObject,
  { keyId, version }: { readonly keyId: KeyId; readonly version: number },
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const header = Buffer.alloc(HEADER);
  (isMultiRegion(keyId) ? MULTI_REGION : MAGIC).copy(header);
  header.write(wireKeyId(keyId).replace(/^mrk-|-/g, ""), MAGIC.length, ID, "hex");
  header.writeUInt32BE(version, MAGIC.length + ID);
  const salt = randomBytes(SALT);
  salt.copy(header, HEADER - SALT);
  using key = messageKey(material, salt);
  return Buffer.concat([header, seal(key.bytes, plaintext, bound(header, context))]);
}

/** Takes a blob apart; undefined when it cannot be one of ours. Whether it is unchanged only `decryptUnder` knows. */
export function readCiphertext(blob: Uint8Array): Ciphertext | undefined {
  if (blob.length < HEADER + SEAL_OVERHEAD || blob.length > LONGEST) return undefined;
  const bytes = Buffer.from(blob);
  const magic = bytes.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC) && !magic.equals(MULTI_REGION)) return undefined;
  const hex = bytes.toString("hex", MAGIC.length, MAGIC.length + ID);
  const version = bytes.readUInt32BE(MAGIC.length + ID);
  if (version === 0) return undefined;
  return {
    keyId: magic.equals(MAGIC) ? uuid(hex) : (`mrk-${hex}` as WireKeyId),
    version,
    header: bytes.subarray(0, HEADER),
    salt: bytes.subarray(HEADER - SALT, HEADER),
    sealed: bytes.subarray(HEADER),
  };
}

/** The message; undefined when the blob was changed, or key or context are not those it was encrypted with. */
export function decryptUnder(
  material: KeyObject,
  { header, salt, sealed }: Ciphertext,
  context: EncryptionContext,
): PlaintextKey | undefined {
  using key = messageKey(material, salt);
  return open(key.bytes, sealed, bound(header, context));
}

function messageKey(material: KeyObject, salt: Buffer): PlaintextKey {
  return hkdf(material, salt, MESSAGE_KEY, KEY_BYTES);
}

function bound(header: Buffer, context: EncryptionContext): Buffer {
  return Buffer.concat([header, canonicalContext(context)]);
}

function uuid(hex: string): WireKeyId {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") as WireKeyId;
}

// magic and form (4) | key id (16) | version (4) | salt (32) | lib/sealed.ts
const MAGIC = Buffer.from([0x53, 0x4b, 0x43, 0x01]);
const MULTI_REGION = Buffer.from([0x53, 0x4b, 0x43, 0x02]);
const ID = 16;
const SALT = 32;
const HEADER: number = MAGIC.length + ID + 4 + SALT;
const SEAL_OVERHEAD = 28;
/** CiphertextBlob's bound in KMS. */
const LONGEST = 6144;
const KEY_BYTES = 32;
const MESSAGE_KEY = Buffer.from("sealkeeper kms message key");
