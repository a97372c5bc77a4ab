import { constants, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";
import type { EncryptionAlgorithm } from "#domain/keys/key-specs.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** Encrypts under the public half of an RSA key (RFC 8017 section 7.1). Refuses more than fits into one block. */
export function encryptRsa(key: KeyObject, algorithm: EncryptionAlgorithm, plaintext: Uint8Array): Buffer {
  const { oaepHash, overhead } = oaep(algorithm);
  const most = modulusBytes(key) - overhead;
  if (plaintext.length > most) {
    const spec = `RSA_${modulusBytes(key) * 8}`;
    throw new Refusal(
      "key-value-invalid",
      `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`,
    );
  }
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plaintext);
}

/** The message; undefined when the blob was not made for this key and algorithm, or was changed. */
export function decryptRsa(
  key: KeyObject,
  algorithm: EncryptionAlgorithm,
  ciphertext: Uint8Array,
): PlaintextKey | undefined {
  const { oaepHash } = oaep(algorithm);
  try {
    return new PlaintextKey(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext));
  } catch {
    return undefined;
  }
}

/** Refuses an encryption context beside an algorithm that could not bind it. */
export function checkNoContext(algorithm: string, context: EncryptionContext): void {
  if (Object.keys(context).length === 0) return;
  throw new Refusal("key-value-invalid", `Algorithm ${algorithm} has no encryption context: leave it out.`);
}

function oaep(algorithm: EncryptionAlgorithm): { readonly oaepHash: string; readonly overhead: number } {
  return algorithm === "RSAES_OAEP_SHA_1"
    ? { oaepHash: "sha1", overhead: 2 * 20 + 2 }
    : { oaepHash: "sha256", overhead: 2 * 32 + 2 };
}

function modulusBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}
