import { DAY, type Millis } from "#lib/duration.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";

/** One CA of the hierarchy. */
export interface CaProfile {
  readonly id: string;
  readonly commonName: string;
  readonly key: KeyAlgorithm;
  /** Who signs it; itself for a root. */
  readonly parent: string;
  /** An older root that signs the same name and key, so that clients which know only that one find a way. */
  readonly crossSigner?: string;
  readonly validity: Millis;
}

/**
 * The hierarchy, parents first. Leafs stand under an intermediate of their own key family, both of them under the
 * current root R2, whose cross-certificate leads to the older R1. P-384 signs slowly in Node, so only a root uses it.
 * Roots live 2,922 to 9,132 days (BR 7.1.2.1.1).
 */
export const HIERARCHY: readonly CaProfile[] = [
  { id: "r1", commonName: "Sealkeeper Root R1", key: "RSA_4096", parent: "r1", validity: 5_479 * DAY },
  {
    id: "r2",
    commonName: "Sealkeeper Root R2",
    key: "EC_secp384r1",
    parent: "r2",
    crossSigner: "r1",
    validity: 9_131 * DAY,
  },
  { id: "rsa1", commonName: "Sealkeeper RSA 1", key: "RSA_2048", parent: "r2", validity: 4_383 * DAY },
  { id: "ec1", commonName: "Sealkeeper EC 1", key: "EC_prime256v1", parent: "r2", validity: 4_383 * DAY },
];

/** Which intermediate signs leafs of a key family: clients of an RSA leaf may know nothing but RSA, and so on. */
export const LEAF_ISSUERS: Readonly<Record<"RSA" | "EC", string>> = { RSA: "rsa1", EC: "ec1" };

/** The root whose certificate new clients are given, and the one it is cross-signed by. */
export const CURRENT_ROOT = "r2";
export const OLDER_ROOT = "r1";
