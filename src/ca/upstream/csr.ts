import { createPrivateKey, sign } from "node:crypto";
import { bitString, encode, integer, oid, sequence, setOf, tagged } from "#lib/der.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { keyAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { subjectAltName } from "#lib/x509-extensions.ts";

/**
 * A certification request (RFC 2986), DER: no subject, the names as a subjectAltName, signed with the key that is to be
 * certified.
 */
export function certificationRequest(
  names: readonly string[],
  subjectPublicKeyInfo: Uint8Array,
  pkcs8: PlaintextKey,
): Buffer {
  const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
  const algorithm = keyAlgorithm(key);
  if (!algorithm) throw new Error("a key of this kind cannot sign a certification request");
  const { hash, identifier } = signatureAlgorithm(algorithm);
  const extensions = sequence(oid(EXTENSION_REQUEST), setOf(sequence(subjectAltName(names, false))));
  const info = encode(sequence(integer(0), sequence(), subjectPublicKeyInfo, tagged(0, extensions)));
  return encode(sequence(info, identifier, bitString(sign(hash, info, key))));
}

/** RFC 2985 section 5.4.2. */
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
