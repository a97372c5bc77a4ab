import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { encode, NULL, oid, sequence } from "./der.ts";
import { OID } from "./oids.ts";
import type { SignatureAlgorithm } from "./x509-algorithms.ts";

/** Signature algorithms as AWS Private CA names them; ED25519 is ours beside them. */
export type SignatureName =
  | "SHA256WITHECDSA"
  | "SHA384WITHECDSA"
  | "SHA512WITHECDSA"
  | "SHA256WITHRSA"
  | "SHA384WITHRSA"
  | "SHA512WITHRSA"
  | "ML_DSA_44"
  | "ML_DSA_65"
  | "ML_DSA_87"
  | "ED25519";

/** Keys that a private CA may have and may certify, as AWS Private CA names them; ED25519 is ours beside them. */
export type CaKeyAlgorithm =
  | "RSA_2048"
  | "RSA_3072"
  | "RSA_4096"
  | "EC_prime256v1"
  | "EC_secp384r1"
  | "EC_secp521r1"
  | "ML_DSA_44"
  | "ML_DSA_65"
  | "ML_DSA_87"
  | "ED25519";

const rsa = (hash: "sha256" | "sha384" | "sha512", dotted: string): SignatureAlgorithm => ({
  hash,
  identifier: encode(sequence(oid(dotted), NULL)),
});
/** Without parameters: RFC 5758 section 3.2, RFC 8410 section 3, RFC 9881 section 2. */
const plain = (hash: SignatureAlgorithm["hash"], dotted: string): SignatureAlgorithm => ({
  hash,
  identifier: encode(sequence(oid(dotted))),
});

export const SIGNATURES: Readonly<Record<SignatureName, SignatureAlgorithm>> = {
  SHA256WITHECDSA: plain("sha256", OID.sha256WithEcdsa),
  SHA384WITHECDSA: plain("sha384", OID.sha384WithEcdsa),
  SHA512WITHECDSA: plain("sha512", OID.sha512WithEcdsa),
  SHA256WITHRSA: rsa("sha256", OID.sha256WithRsa),
  SHA384WITHRSA: rsa("sha384", OID.sha384WithRsa),
  SHA512WITHRSA: rsa("sha512", OID.sha512WithRsa),
  ML_DSA_44: plain(undefined, OID.mlDsa44),
  ML_DSA_65: plain(undefined, OID.mlDsa65),
  ML_DSA_87: plain(undefined, OID.mlDsa87),
  ED25519: plain(undefined, OID.ed25519),
};

/** What a key of each kind can sign with, the natural choice first. */
export const SIGNS_WITH: Readonly<Record<CaKeyAlgorithm, readonly SignatureName[]>> = {
  RSA_2048: ["SHA256WITHRSA", "SHA384WITHRSA", "SHA512WITHRSA"],
  RSA_3072: ["SHA256WITHRSA", "SHA384WITHRSA", "SHA512WITHRSA"],
  RSA_4096: ["SHA256WITHRSA", "SHA384WITHRSA", "SHA512WITHRSA"],
  EC_prime256v1: ["SHA256WITHECDSA", "SHA384WITHECDSA", "SHA512WITHECDSA"],
  EC_secp384r1: ["SHA384WITHECDSA", "SHA256WITHECDSA", "SHA512WITHECDSA"],
  EC_secp521r1: ["SHA512WITHECDSA", "SHA256WITHECDSA", "SHA384WITHECDSA"],
  ML_DSA_44: ["ML_DSA_44"],
  ML_DSA_65: ["ML_DSA_65"],
  ML_DSA_87: ["ML_DSA_87"],
  ED25519: ["ED25519"],
};

/** The name for the type and size of a key; undefined when no private CA takes such a key. */
export function caKeyAlgorithm(key: KeyObject): CaKeyAlgorithm | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength, namedCurve } = {} } = key;
  const name =
    type === "rsa"
      ? `RSA_${modulusLength}`
      : type === "ec"
        ? `EC_${namedCurve}`
        : `${type}`.replaceAll("-", "_").toUpperCase();
  return Object.hasOwn(SIGNS_WITH, name) ? (name as CaKeyAlgorithm) : undefined;
}

/** A fresh private key. RSA keys of 4096 bits take a third of a second, on another thread. */
export async function generateCaKey(algorithm: CaKeyAlgorithm): Promise<KeyObject> {
  return (await MAKERS[algorithm]()).privateKey;
}

type Maker = () => Promise<{ readonly privateKey: KeyObject }>;
const generate = promisify(generateKeyPair);
const MAKERS: Readonly<Record<CaKeyAlgorithm, Maker>> = {
  RSA_2048: () => generate("rsa", { modulusLength: 2048 }),
  RSA_3072: () => generate("rsa", { modulusLength: 3072 }),
  RSA_4096: () => generate("rsa", { modulusLength: 4096 }),
  EC_prime256v1: () => generate("ec", { namedCurve: "prime256v1" }),
  EC_secp384r1: () => generate("ec", { namedCurve: "secp384r1" }),
  EC_secp521r1: () => generate("ec", { namedCurve: "secp521r1" }),
  ML_DSA_44: () => generate("ml-dsa-44"),
  ML_DSA_65: () => generate("ml-dsa-65"),
  ML_DSA_87: () => generate("ml-dsa-87"),
  ED25519: () => generate("ed25519"),
};
