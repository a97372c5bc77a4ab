import { constants, type KeyObject, privateEncrypt, publicDecrypt, sign, verify } from "node:crypto";
import type { SigningAlgorithm } from "#domain/keys/key-specs.ts";
import { Refusal } from "#domain/refusal.ts";
import { isDigestSignature, signDigest } from "./ecdsa-digest.ts";
import { encodePss, fitsPss } from "./emsa-pss.ts";

/** A message as it is, or what its digest is: then it is not digested again. */
export type MessageType = "RAW" | "DIGEST" | "EXTERNAL_MU";

export interface Message {
  readonly type: MessageType;
  readonly bytes: Uint8Array;
}

/** A signature in the form that KMS gives: of ECDSA in DER (RFC 3279 section 2.2.3). */
export function signMessage(key: KeyObject, algorithm: SigningAlgorithm, message: Message): Buffer {
  const { digest, scheme } = schemeOf(algorithm, message);
  if (message.type === "RAW") return sign(digest, message.bytes, { key, ...PADDINGS[scheme] });
  if (scheme === "ecdsa") return signDigest(key, message.bytes);
  if (scheme === "pkcs1") {
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(digest, message.bytes));
  }
  const bits = modulusBits(key);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encodePss(message.bytes, digest ?? "", bits));
}

/** Whether a signature is the key's for this message. */
export function isSignature(
  key: KeyObject,
  algorithm: SigningAlgorithm,
  message: Message,
  signature: Uint8Array,
): boolean {
  const { digest, scheme } = schemeOf(algorithm, message);
  try {
    if (message.type === "RAW") return verify(digest, message.bytes, { key, ...PADDINGS[scheme] }, signature);
    if (scheme === "ecdsa") return isDigestSignature(key, message.bytes, signature);
    if (scheme === "pkcs1") {
      const recovered = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
      return recovered.equals(digestInfo(digest, message.bytes));
    }
    const recovered = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
    return fitsPss(recovered, message.bytes, digest ?? "", modulusBits(key));
  } catch {
    return false; // of another length than the key's, or no padding of ours
  }
}

type Scheme = "pkcs1" | "pss" | "ecdsa" | "eddsa" | "ml-dsa";

/** How an algorithm goes about it. Refuses a kind of message, or a length of digest, that it does not take. */
function schemeOf(algorithm: SigningAlgorithm, { type, bytes }: Message): { digest: string | null; scheme: Scheme } {
  const bits = /_SHA_(\d+)$/.exec(algorithm)?.[1];
  const scheme = SCHEMES.find(([prefix]) => algorithm.startsWith(prefix))?.[1] ?? "ml-dsa";
  const digest = scheme === "eddsa" || scheme === "ml-dsa" ? null : `sha${bits}`;
  if (type === "RAW") return { digest, scheme };
  if (type === "EXTERNAL_MU" ? scheme !== "ml-dsa" : digest === null) {
    throw new Refusal("key-value-invalid", `The message type ${type} is not valid for the algorithm ${algorithm}.`);
  }
  if (scheme === "ml-dsa") {
    throw new Refusal("unsupported-operation", `The message type ${type} is not served for ${algorithm}: send it RAW.`);
  }
  if (bytes.length !== Number(bits) / 8) {
    throw new Refusal("key-value-invalid", `Digest is invalid length for algorithm ${algorithm}.`);
  }
  return { digest, scheme };
}

/** A digest with its name, as PKCS #1 v1.5 signs it (RFC 8017 section 9.2, note 1). */
function digestInfo(digest: string | null, bytes: Uint8Array): Buffer {
  const oid = { sha256: 1, sha384: 2, sha512: 3 }[digest ?? ""] ?? 0;
  const prefix = Buffer.from("3031300d060960864801650304020105000420", "hex");
  prefix[1] = 17 + bytes.length;
  prefix[14] = oid;
  prefix[18] = bytes.length;
  return Buffer.concat([prefix, bytes]);
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

const SCHEMES: readonly (readonly [prefix: string, Scheme])[] = [
  ["RSASSA_PKCS1", "pkcs1"],
  ["RSASSA_PSS", "pss"],
  ["ECDSA", "ecdsa"],
  ["ED25519", "eddsa"],
];

/** KMS's PSS has a salt as long as the digest. */
const PADDINGS: Readonly<Record<Scheme, object>> = {
  pkcs1: { padding: constants.RSA_PKCS1_PADDING },
  pss: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  ecdsa: { dsaEncoding: "der" },
  eddsa: {},
  "ml-dsa": {},
};
