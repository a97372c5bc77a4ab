import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";

export type { KeyAlgorithm } from "#lib/x509-algorithms.ts";

interface KeyAlgorithmFacts {
  readonly requestable: boolean;
  /** What our CA signs certificates of such keys with: RSA ones by the RSA intermediate, EC ones by the P-256 one. */
  readonly signedWith: "SHA256WITHRSA" | "SHA256WITHECDSA";
}

const rsa = (requestable: boolean): KeyAlgorithmFacts => ({ requestable, signedWith: "SHA256WITHRSA" });
const ec = (requestable: boolean): KeyAlgorithmFacts => ({ requestable, signedWith: "SHA256WITHECDSA" });

/** https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html */
export const KEY_ALGORITHMS: Readonly<Record<KeyAlgorithm, KeyAlgorithmFacts>> = {
  RSA_1024: rsa(false),
  RSA_2048: rsa(true),
  RSA_3072: rsa(false),
  RSA_4096: rsa(false),
  EC_prime256v1: ec(true),
  EC_secp384r1: ec(true),
  EC_secp521r1: ec(false),
};

/** Whether a key of this kind can be asked for; all others can only be imported. */
export function isRequestable(algorithm: KeyAlgorithm): algorithm is LeafKeyAlgorithm {
  return KEY_ALGORITHMS[algorithm].requestable;
}
