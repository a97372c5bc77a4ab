import { type KeyObject, randomBytes } from "node:crypto";
import { isTwoStep, type WrappingAlgorithm } from "#domain/keys/import.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { unwrapPadded } from "./key-wrap.ts";
import { decryptRsa } from "./rsa-encryption.ts";

/**
 * What was wrapped under the public half of `wrappingKey`: directly (RSAES-OAEP), or under an AES key of 32 bytes that
 * stands wrapped in front of it (PKCS #11's CKM_RSA_AES_KEY_WRAP). Undefined for everything else; which of the steps
 * failed shows neither in the answer nor in what is done for it.
 */
export function unwrapMaterial(
  wrappingKey: KeyObject,
  algorithm: WrappingAlgorithm,
  wrapped: Uint8Array,
): PlaintextKey | undefined {
  const oaep = algorithm.endsWith("SHA_1") ? "RSAES_OAEP_SHA_1" : "RSAES_OAEP_SHA_256";
  if (!isTwoStep(algorithm)) return decryptRsa(wrappingKey, oaep, wrapped);
  const block = (wrappingKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  using stranger = new PlaintextKey(randomBytes(AES_256_BYTES));
  using opened = decryptRsa(wrappingKey, oaep, wrapped.subarray(0, block));
  const key = opened?.bytes.length === AES_256_BYTES ? opened : stranger;
  return unwrapPadded(key, wrapped.subarray(block));
}

const AES_256_BYTES = 32;
