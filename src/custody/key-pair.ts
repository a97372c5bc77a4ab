import {
  type ECKeyPairOptions,
  type ED25519KeyPairOptions,
  generateKeyPair,
  generateKeyPairSync,
  type RSAKeyPairOptions,
} from "node:crypto";
import { promisify } from "node:util";
import type { KeyPairSpec } from "#domain/keys/key-specs.ts";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** A new key pair, the private half in clear for one `using` block. */
export interface KeyPair {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  /** PKCS#8, DER. Never PEM: a string could not be wiped. */
  readonly pkcs8: PlaintextKey;
}

/** Makes the key pair of a certificate: EC at once, RSA in a thread of its own (some 50 ms for 2048 bits, up to a second). */
export async function makeKeyPair(algorithm: LeafKeyAlgorithm): Promise<KeyPair> {
  return await makePair(LEAF_KEYS[algorithm]);
}

/** Makes a key pair of one of KMS's specs. Of RSA_4096 it takes seconds, in a thread of its own. */
export async function makePair(spec: KeyPairSpec): Promise<KeyPair> {
  const { publicKey, privateKey } = await MAKE[spec]();
  return { spki: publicKey, pkcs8: new PlaintextKey(privateKey) };
}

type Made = { readonly publicKey: Buffer; readonly privateKey: Buffer };

const SPKI = { type: "spki", format: "der" } as const;
const PKCS8 = { type: "pkcs8", format: "der" } as const;
const DER: ED25519KeyPairOptions<"der", "der"> = { publicKeyEncoding: SPKI, privateKeyEncoding: PKCS8 };

const rsa = (modulusLength: number) => (): Promise<Made> => {
  const options: RSAKeyPairOptions<"der", "der"> = { modulusLength, publicExponent: 0x10001, ...DER };
  return promisify(generateKeyPair)("rsa", options);
};
const ec = (namedCurve: string) => (): Made => {
  const options: ECKeyPairOptions<"der", "der"> = { namedCurve, ...DER };
  return generateKeyPairSync("ec", options);
};

const MAKE: Readonly<Record<KeyPairSpec, () => Made | Promise<Made>>> = {
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ec("prime256v1"),
  ECC_NIST_P384: ec("secp384r1"),
  ECC_NIST_P521: ec("secp521r1"),
  ECC_SECG_P256K1: ec("secp256k1"),
  ECC_NIST_EDWARDS25519: () => generateKeyPairSync("ed25519", DER),
  ML_DSA_44: () => generateKeyPairSync("ml-dsa-44", DER),
  ML_DSA_65: () => generateKeyPairSync("ml-dsa-65", DER),
  ML_DSA_87: () => generateKeyPairSync("ml-dsa-87", DER),
  ML_KEM_512: () => generateKeyPairSync("ml-kem-512", DER),
  ML_KEM_768: () => generateKeyPairSync("ml-kem-768", DER),
  ML_KEM_1024: () => generateKeyPairSync("ml-kem-1024", DER),
};

const LEAF_KEYS: Readonly<Record<LeafKeyAlgorithm, KeyPairSpec>> = {
  RSA_2048: "RSA_2048",
  EC_prime256v1: "ECC_NIST_P256",
  EC_secp384r1: "ECC_NIST_P384",
};
