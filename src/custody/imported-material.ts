import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { incorrect } from "#domain/keys/import.ts";
import { isKeyPairSpec, type KeyPairSpec, type KeySpec, SECRET_BYTES } from "#domain/keys/key-specs.ts";
import { type KeyId, wireKeyId } from "#domain/keys/names.ts";
import { readElement } from "#lib/der-reader.ts";
import { hkdf } from "#lib/hkdf.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

/** Imported material that a key can have. */
export interface ImportedMaterial {
  /** Secret bits, or a private key (PKCS#8, DER); the caller's to wipe. */
  readonly secret: PlaintextKey;
  /** SubjectPublicKeyInfo, DER; undefined for a key that is no pair. */
  readonly publicKey: Buffer | undefined;
  /** The same for the same material in the same key, also in its related keys; it tells nothing of the material. */
  readonly materialId: string;
}

/** Reads material for a key of this spec; refuses with `key-material-incorrect` what is none. */
export function readMaterial(
  bytes: PlaintextKey,
  key: { readonly id: KeyId; readonly spec: KeySpec },
): ImportedMaterial {
  return isKeyPairSpec(key.spec)
    ? readPair(bytes, key.id, key.spec)
    : readSecret(bytes, key.id, SECRET_BYTES[key.spec]);
}

function readSecret({ bytes }: PlaintextKey, id: KeyId, length: number): ImportedMaterial {
  if (bytes.length !== length) {
    throw incorrect(`it has ${bytes.length} bytes where the key spec asks for ${length}`);
  }
  using digest = hkdf(bytes, Buffer.from(wireKeyId(id)), MATERIAL_ID, ID_BYTES);
  return {
    secret: new PlaintextKey(Buffer.from(bytes)),
    publicKey: undefined,
    materialId: digest.bytes.toString("hex"),
  };
}

function readPair(bytes: PlaintextKey, id: KeyId, spec: KeyPairSpec): ImportedMaterial {
  const privateKey = parsePkcs8(bytes);
  const shape = shapeOf(privateKey);
  if (shape !== SHAPES[spec]) throw incorrect(`it is a key of another kind than the key spec ${spec} asks for`);
  const publicKey = createPublicKey(privateKey);
  checkPair(privateKey, publicKey);
  const spki = publicKey.export({ type: "spki", format: "der" });
  return {
    secret: new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" })),
    publicKey: spki,
    materialId: createHash("sha256").update(MATERIAL_ID).update(wireKeyId(id)).update(spki).digest("hex"),
  };
}

function parsePkcs8({ bytes }: PlaintextKey): KeyObject {
  try {
    if (readElement(bytes).end === bytes.length) return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
  } catch {
    // told below
  }
  throw incorrect("it is not a private key in DER (PKCS #8, not encrypted)");
}

/** The halves must belong together: a signature of the one is one for the other. */
function checkPair(privateKey: KeyObject, publicKey: KeyObject): void {
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent;
  if (exponent !== undefined && (exponent < LEAST_EXPONENT || exponent % 2n === 0n)) {
    throw incorrect("its public exponent is not an odd number of at least 65537");
  }
  const hash = privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  try {
    if (verify(hash, PROBE, publicKey, sign(hash, PROBE, privateKey))) return;
  } catch {
    // told below
  }
  throw incorrect("its private half does not belong to its public half");
}

function shapeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  return `${asymmetricKeyType} ${asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve ?? ""}`.trim();
}

const SHAPES: Readonly<Partial<Record<KeyPairSpec, string>>> = {
  RSA_2048: "rsa 2048",
  RSA_3072: "rsa 3072",
  RSA_4096: "rsa 4096",
  ECC_NIST_P256: "ec prime256v1",
  ECC_NIST_P384: "ec secp384r1",
  ECC_NIST_P521: "ec secp521r1",
  ECC_SECG_P256K1: "ec secp256k1",
  ECC_NIST_EDWARDS25519: "ed25519",
};
const MATERIAL_ID = Buffer.from("sealkeeper kms imported material");
const ID_BYTES = 32;
const PROBE = Buffer.from("sealkeeper kms import");
/** FIPS 186-5 section A.1.1. */
const LEAST_EXPONENT = 65_537n;
