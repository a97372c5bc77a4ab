import type { KeyObject } from "node:crypto";
import { encode, NULL, oid, sequence } from "./der.ts";
import { OID } from "./oids.ts";

/** Key types as AWS names them. */
export type KeyAlgorithm =
  | "RSA_1024"
  | "RSA_2048"
  | "RSA_3072"
  | "RSA_4096"
  | "EC_prime256v1"
  | "EC_secp384r1"
  | "EC_secp521r1";

/** How an issuer signs: the hash for node:crypto and the AlgorithmIdentifier, whose bytes BR 7.1.3.2 fixes. */
export interface SignatureAlgorithm {
  /** Undefined where the algorithm does its own hashing: Ed25519, ML-DSA. */
  readonly hash: "sha256" | "sha384" | "sha512" | undefined;
  readonly identifier: Buffer;
}

const rsa = (hash: SignatureAlgorithm["hash"], dotted: string): SignatureAlgorithm => ({
  hash,
  identifier: encode(sequence(oid(dotted), NULL)),
});
const ecdsa = (hash: SignatureAlgorithm["hash"], dotted: string): SignatureAlgorithm => ({
  hash,
  identifier: encode(sequence(oid(dotted))),
});

const SIGNATURES: Readonly<Record<KeyAlgorithm, SignatureAlgorithm>> = {
  RSA_1024: rsa("sha256", OID.sha256WithRsa),
  RSA_2048: rsa("sha256", OID.sha256WithRsa),
  RSA_3072: rsa("sha256", OID.sha256WithRsa),
  RSA_4096: rsa("sha256", OID.sha256WithRsa),
  EC_prime256v1: ecdsa("sha256", OID.sha256WithEcdsa),
  EC_secp384r1: ecdsa("sha384", OID.sha384WithEcdsa),
  EC_secp521r1: ecdsa("sha512", OID.sha512WithEcdsa),
};

/** The algorithm a key of this type signs with. */
export function signatureAlgorithm(key: KeyAlgorithm): SignatureAlgorithm {
  return SIGNATURES[key];
}

/** AWS's name for the type and size of a key; undefined when AWS takes no such key. */
export function keyAlgorithm(key: KeyObject): KeyAlgorithm | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const name = key.asymmetricKeyType === "rsa" ? `RSA_${modulusLength}` : `EC_${namedCurve}`;
  return Object.hasOwn(SIGNATURES, name) ? (name as KeyAlgorithm) : undefined;
}

/** The family: what an issuer and its leafs have in common. */
export function keyFamily(key: KeyAlgorithm): "RSA" | "EC" {
  return key.startsWith("RSA") ? "RSA" : "EC";
}

/** As ACM prints signature algorithms; one that has no such name is printed as its object identifier. */
export function signatureAlgorithmName(dotted: string): string {
  return SIGNATURE_NAMES[dotted] ?? dotted;
}

const SIGNATURE_NAMES: Readonly<Record<string, string>> = {
  [OID.sha1WithRsa]: "SHA1WITHRSA",
  [OID.sha256WithRsa]: "SHA256WITHRSA",
  [OID.sha384WithRsa]: "SHA384WITHRSA",
  [OID.sha512WithRsa]: "SHA512WITHRSA",
  [OID.sha1WithEcdsa]: "SHA1WITHECDSA",
  [OID.sha256WithEcdsa]: "SHA256WITHECDSA",
  [OID.sha384WithEcdsa]: "SHA384WITHECDSA",
  [OID.sha512WithEcdsa]: "SHA512WITHECDSA",
  [OID.rsassaPss]: "RSASSA-PSS",
  [OID.ed25519]: "ED25519",
  [OID.mlDsa44]: "ML_DSA_44",
  [OID.mlDsa65]: "ML_DSA_65",
  [OID.mlDsa87]: "ML_DSA_87",
};
