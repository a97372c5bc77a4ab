import { type ECKeyPairOptions, generateKeyPair, generateKeyPairSync, type RSAKeyPairOptions } from "node:crypto";
import { promisify } from "node:util";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** A new key pair, the private half in clear for one `using` block. */
export interface KeyPair {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  /** PKCS#8, DER. Never PEM: a string could not be wiped. */
  readonly pkcs8: PlaintextKey;
}

/** Makes a key pair: EC at once, RSA in a thread of its own (some 50 ms for 2048 bits, up to a second). */
export async function makeKeyPair(algorithm: LeafKeyAlgorithm): Promise<KeyPair> {
  const { publicKey, privateKey } =
    algorithm === "RSA_2048"
      ? await promisify(generateKeyPair)("rsa", RSA_2048)
      : generateKeyPairSync("ec", EC[algorithm]);
  return { spki: publicKey, pkcs8: new PlaintextKey(privateKey) };
}

const SPKI = { type: "spki", format: "der" } as const;
const PKCS8 = { type: "pkcs8", format: "der" } as const;
const DER = { publicKeyEncoding: SPKI, privateKeyEncoding: PKCS8 };
const RSA_2048: RSAKeyPairOptions<"der", "der"> = { modulusLength: 2048, publicExponent: 0x10001, ...DER };
const EC: Readonly<Record<"EC_prime256v1" | "EC_secp384r1", ECKeyPairOptions<"der", "der">>> = {
  EC_prime256v1: { namedCurve: "prime256v1", ...DER },
  EC_secp384r1: { namedCurve: "secp384r1", ...DER },
};
