import type { KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import { DAY, type Millis } from "#lib/duration.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";

/** What a CA is made as. */
export interface CaProfile {
  readonly id: string;
  readonly commonName: string;
  readonly key: KeyAlgorithm;
  readonly validity: Millis;
}

/** Roots live 2,922 to 9,132 days (BR 7.1.2.1.1). */
export const ROOT_VALIDITY: Millis = 9_131 * DAY;

/**
 * The roots that the shared hierarchy begins with. The current one's cross-certificate leads to the older one, so that
 * clients that know nothing but RSA, or only the older one, find a way. P-384 signs slowly in Node, so only a root uses it.
 */
export const ROOTS: Readonly<Record<"older" | "current", CaProfile>> = {
  older: { id: "r1", commonName: "Sealkeeper Root R1", key: "RSA_4096", validity: 5_479 * DAY },
  current: { id: "r2", commonName: "Sealkeeper Root R2", key: "EC_secp384r1", validity: ROOT_VALIDITY },
};

/** What signs leafs of a key family; several may stand beside one another. */
export const INTERMEDIATES: Readonly<Record<KeyFamily, Omit<CaProfile, "id"> & { readonly kind: "rsa" | "ec" }>> = {
  RSA: { kind: "rsa", commonName: "Sealkeeper RSA", key: "RSA_2048", validity: 4_383 * DAY },
  EC: { kind: "ec", commonName: "Sealkeeper EC", key: "EC_prime256v1", validity: 4_383 * DAY },
};

/** The first root of the shared hierarchy: where it stands, the hierarchy was made. */
export const OLDER_ROOT = "r1";
