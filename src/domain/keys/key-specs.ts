import { Refusal } from "#domain/refusal.ts";
import type { KeyOperation } from "./key-operations.ts";

/** What kinds of key there are, in KMS's words. */
export type KeySpec =
  | "SYMMETRIC_DEFAULT"
  | "RSA_2048"
  | "RSA_3072"
  | "RSA_4096"
  | "ECC_NIST_P256"
  | "ECC_NIST_P384"
  | "ECC_NIST_P521"
  | "ECC_SECG_P256K1"
  | "ECC_NIST_EDWARDS25519"
  | "ML_DSA_44"
  | "ML_DSA_65"
  | "ML_DSA_87"
  | "ML_KEM_512"
  | "ML_KEM_768"
  | "ML_KEM_1024"
  | "HMAC_224"
  | "HMAC_256"
  | "HMAC_384"
  | "HMAC_512";

/** What a key is for: one thing for all its life. */
export type KeyUsage =
  | "ENCRYPT_DECRYPT"
  | "SIGN_VERIFY"
  | "GENERATE_VERIFY_MAC"
  | "KEY_AGREEMENT"
  | "ENCAPSULATE_DECAPSULATE";

export type EncryptionAlgorithm = "SYMMETRIC_DEFAULT" | "RSAES_OAEP_SHA_1" | "RSAES_OAEP_SHA_256";
export type SigningAlgorithm =
  | "RSASSA_PSS_SHA_256"
  | "RSASSA_PSS_SHA_384"
  | "RSASSA_PSS_SHA_512"
  | "RSASSA_PKCS1_V1_5_SHA_256"
  | "RSASSA_PKCS1_V1_5_SHA_384"
  | "RSASSA_PKCS1_V1_5_SHA_512"
  | "ECDSA_SHA_256"
  | "ECDSA_SHA_384"
  | "ECDSA_SHA_512"
  | "ED25519_SHA_512"
  | "ML_DSA_SHAKE_256";
export type MacAlgorithm = "HMAC_SHA_224" | "HMAC_SHA_256" | "HMAC_SHA_384" | "HMAC_SHA_512";
export type KeyAlgorithm = EncryptionAlgorithm | SigningAlgorithm | MacAlgorithm | "ECDH" | "ML_KEM";

/** Key pairs: their private half never leaves, their public half may. */
export type KeyPairSpec = Exclude<KeySpec, "SYMMETRIC_DEFAULT" | `HMAC_${string}`>;

/** Which algorithms a key of a spec has, for each of its usages (https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html). */
export const KEY_SPECS: Readonly<Record<KeySpec, Readonly<Partial<Record<KeyUsage, readonly KeyAlgorithm[]>>>>> = {
  SYMMETRIC_DEFAULT: { ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT"] },
  RSA_2048: rsa(),
  RSA_3072: rsa(),
  RSA_4096: rsa(),
  ECC_NIST_P256: { SIGN_VERIFY: ["ECDSA_SHA_256"], KEY_AGREEMENT: ["ECDH"] },
  ECC_NIST_P384: { SIGN_VERIFY: ["ECDSA_SHA_384"], KEY_AGREEMENT: ["ECDH"] },
  ECC_NIST_P521: { SIGN_VERIFY: ["ECDSA_SHA_512"], KEY_AGREEMENT: ["ECDH"] },
  ECC_SECG_P256K1: { SIGN_VERIFY: ["ECDSA_SHA_256"] },
  ECC_NIST_EDWARDS25519: { SIGN_VERIFY: ["ED25519_SHA_512"] },
  ML_DSA_44: { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] },
  ML_DSA_65: { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] },
  ML_DSA_87: { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] },
  ML_KEM_512: { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] },
  ML_KEM_768: { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] },
  ML_KEM_1024: { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] },
  HMAC_224: { GENERATE_VERIFY_MAC: ["HMAC_SHA_224"] },
  HMAC_256: { GENERATE_VERIFY_MAC: ["HMAC_SHA_256"] },
  HMAC_384: { GENERATE_VERIFY_MAC: ["HMAC_SHA_384"] },
  HMAC_512: { GENERATE_VERIFY_MAC: ["HMAC_SHA_512"] },
};

/** How many bytes secret bits have: of a key for message authentication codes as many as its codes (RFC 2104 section 3). */
export const SECRET_BYTES: Readonly<Record<Exclude<KeySpec, KeyPairSpec>, number>> = {
  SYMMETRIC_DEFAULT: 32,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

/** How a key was made: what it is, and what for. */
export interface KeyKind {
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
}

export const SYMMETRIC: KeyKind = { spec: "SYMMETRIC_DEFAULT", usage: "ENCRYPT_DECRYPT" };

export function isKeySpec(text: string): text is KeySpec {
  return Object.hasOwn(KEY_SPECS, text);
}

export function isKeyPairSpec(spec: string): spec is KeyPairSpec {
  return isKeySpec(spec) && spec !== "SYMMETRIC_DEFAULT" && !spec.startsWith("HMAC_");
}

/** What an alias is bound to: it is not pointed from a key of one type to one of another (API_UpdateAlias). */
export function keyType(spec: KeySpec): "symmetric" | "asymmetric" | "HMAC" {
  if (isKeyPairSpec(spec)) return "asymmetric";
  return spec === "SYMMETRIC_DEFAULT" ? "symmetric" : "HMAC";
}

/** The kind of key that is asked for: only of a symmetric key it goes without saying what it is for. Throws `key-value-invalid`. */
export function readKeyKind(spec: KeySpec, usage: string | undefined): KeyKind {
  if (usage === undefined) {
    if (spec === "SYMMETRIC_DEFAULT") return SYMMETRIC;
    throw new Refusal("key-value-invalid", `You must specify a KeyUsage value for a key of the spec ${spec}.`);
  }
  const usages = Object.keys(KEY_SPECS[spec]) as KeyUsage[];
  const known = usages.find((one) => one === usage);
  if (known) return { spec, usage: known };
  throw new Refusal(
    "key-value-invalid",
    `KeyUsage ${usage} is not compatible with KeySpec ${spec}: it can be ${usages.join(" or ")}.`,
  );
}

/** What a key does, by its usage; never empty. */
export function algorithmsOf({ spec, usage }: KeyKind): readonly KeyAlgorithm[] {
  return KEY_SPECS[spec][usage] ?? [];
}

/** Why a key of this kind cannot do an operation, as it is said behind the key's ARN; undefined when it can. */
export function usageObjection({ spec, usage }: KeyKind, operation: KeyOperation): string | undefined {
  const needed = USAGES[operation];
  if (needed !== undefined && needed !== usage) {
    return `key usage is ${usage} which is not valid for ${operation.replace(/^ReEncrypt(From|To)$/, "ReEncrypt")}.`;
  }
  if (ONLY_SYMMETRIC.has(operation) && spec !== "SYMMETRIC_DEFAULT") {
    return `key spec is ${spec} which is not valid for ${operation}: only symmetric encryption keys do it.`;
  }
  if (operation === "GetPublicKey" && !isKeyPairSpec(spec)) {
    return `key spec is ${spec} which is not valid for GetPublicKey: it has no public key.`;
  }
  return undefined;
}

/** Why a key of this kind does nothing by an algorithm; undefined when it does. */
export function algorithmObjection(kind: KeyKind, algorithm: string): string | undefined {
  if ((algorithmsOf(kind) as readonly string[]).includes(algorithm)) return undefined;
  return `Algorithm ${algorithm} is incompatible with key spec ${kind.spec}.`;
}

const USAGES: Readonly<Partial<Record<KeyOperation, KeyUsage>>> = {
  Decapsulate: "ENCAPSULATE_DECAPSULATE",
  Decrypt: "ENCRYPT_DECRYPT",
  DeriveSharedSecret: "KEY_AGREEMENT",
  Encapsulate: "ENCAPSULATE_DECAPSULATE",
  Encrypt: "ENCRYPT_DECRYPT",
  GenerateDataKey: "ENCRYPT_DECRYPT",
  GenerateDataKeyPair: "ENCRYPT_DECRYPT",
  GenerateDataKeyPairWithoutPlaintext: "ENCRYPT_DECRYPT",
  GenerateDataKeyWithoutPlaintext: "ENCRYPT_DECRYPT",
  GenerateMac: "GENERATE_VERIFY_MAC",
  ReEncryptFrom: "ENCRYPT_DECRYPT",
  ReEncryptTo: "ENCRYPT_DECRYPT",
  Sign: "SIGN_VERIFY",
  Verify: "SIGN_VERIFY",
  VerifyMac: "GENERATE_VERIFY_MAC",
};

/** Data keys are wrapped under symmetric keys. */
const ONLY_SYMMETRIC: ReadonlySet<KeyOperation> = new Set([
  "GenerateDataKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateDataKeyWithoutPlaintext",
]);

function rsa(): Readonly<Partial<Record<KeyUsage, readonly KeyAlgorithm[]>>> {
  return {
    ENCRYPT_DECRYPT: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"],
    SIGN_VERIFY: [
      "RSASSA_PKCS1_V1_5_SHA_256",
      "RSASSA_PKCS1_V1_5_SHA_384",
      "RSASSA_PKCS1_V1_5_SHA_512",
      "RSASSA_PSS_SHA_256",
      "RSASSA_PSS_SHA_384",
      "RSASSA_PSS_SHA_512",
    ],
  };
}
