import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  decapsulate,
  diffieHellman,
  type KeyObject,
} from "node:crypto";
import {
  type EncryptionAlgorithm,
  isKeyPairSpec,
  type KeySpec,
  type MacAlgorithm,
  type SigningAlgorithm,
} from "#domain/keys/key-specs.ts";
import type { KeyId } from "#domain/keys/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { namesItsCurve } from "#lib/x509-ec-key.ts";
import { decryptUnder, encryptUnder, readCiphertext } from "./ciphertext.ts";
import { decryptRsa } from "./rsa-encryption.ts";
import { type MessageType, signMessage } from "./signatures.ts";

/** One thing that is done with a master key's secret. What comes out is all that leaves the process that has it. */
export type MaterialWork =
  | { readonly do: "check" }
  | {
      readonly do: "encrypt";
      readonly keyId: KeyId;
      readonly version: number;
      readonly context: EncryptionContext;
      readonly data: Uint8Array;
    }
  | { readonly do: "decrypt"; readonly context: EncryptionContext; readonly data: Uint8Array }
  | { readonly do: "decrypt-rsa"; readonly algorithm: EncryptionAlgorithm; readonly data: Uint8Array }
  | { readonly do: "sign"; readonly algorithm: SigningAlgorithm; readonly type: MessageType; readonly data: Uint8Array }
  | { readonly do: "mac"; readonly algorithm: MacAlgorithm; readonly data: Uint8Array }
  | { readonly do: "agree"; readonly data: Uint8Array }
  | { readonly do: "decapsulate"; readonly data: Uint8Array };

/** Does it. Undefined when `data` is not what this material can open. Refuses what the algorithm does not take. */
export function workWith(material: KeyObject, work: MaterialWork): Buffer | undefined {
  switch (work.do) {
    case "check":
      return Buffer.alloc(0);
    case "encrypt":
      return encryptUnder(material, work, work.data, work.context);
    case "decrypt": {
      const ciphertext = readCiphertext(work.data);
      return ciphertext && decryptUnder(material, ciphertext, work.context)?.bytes;
    }
    case "decrypt-rsa":
      return decryptRsa(material, work.algorithm, work.data)?.bytes;
    case "sign":
      return signMessage(material, work.algorithm, { type: work.type, bytes: work.data });
    case "mac":
      return createHmac(work.algorithm.replace("HMAC_SHA_", "sha"), material).update(work.data).digest();
    case "agree":
      return diffieHellman({ privateKey: material, publicKey: otherKey(work.data, material) });
    case "decapsulate":
      return decapsulated(material, work.data);
  }
}

/** A master key's secret as OpenSSL's object. The bytes are copied: the caller wipes them. */
export function materialKey(spec: KeySpec, bytes: Buffer): KeyObject {
  return isKeyPairSpec(spec) ? createPrivateKey({ key: bytes, format: "der", type: "pkcs8" }) : createSecretKey(bytes);
}

function decapsulated(privateKey: KeyObject, ciphertext: Uint8Array): Buffer | undefined {
  try {
    return decapsulate(privateKey, ciphertext);
  } catch {
    return undefined; // of another length
  }
}

/** Reads the other side's key; it must be of the same curve. */
function otherKey(der: Uint8Array, own: KeyObject): KeyObject {
  const curve = own.asymmetricKeyDetails?.namedCurve;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
    const isSame = key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === curve;
    if (isSame && namesItsCurve(der)) return key;
  } catch {
    // told below
  }
  throw new Refusal(
    "key-value-invalid",
    `The public key is not one of the curve ${curve}, in DER (SubjectPublicKeyInfo).`,
  );
}
