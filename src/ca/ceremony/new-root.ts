import { HierarchyError } from "#ca/hierarchies/error.ts";
import { generateKey, makeRoot } from "#ca/hierarchies/make.ts";
import { DAY, type Millis } from "#lib/duration.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";
import { type SealedRoot, sealRoot } from "./sealed-root.ts";

/** What a root is to be. */
export interface RootWish {
  /** Its common name. */
  readonly name: string;
  readonly key: KeyAlgorithm;
  readonly validity: Millis;
}

/** A new root, its key sealed under the passphrase; the clear key lives in this call alone. Throws HierarchyError. */
export async function newSealedRoot(
  { name, key, validity }: RootWish,
  passphrase: Uint8Array,
  now: Date,
): Promise<SealedRoot> {
  if (name.length < 1 || name.length > LONGEST_NAME || !/^[\p{L}\p{N} .,'()+&/-]+$/u.test(name)) {
    throw new HierarchyError(`a root is named by 1 to ${LONGEST_NAME} letters, digits, spaces and . , ' ( ) + & / -`);
  }
  if (!ROOT_KEYS.includes(key)) throw new HierarchyError(`the key of a root is one of ${ROOT_KEYS.join(", ")}`);
  if (validity < SHORTEST || validity > LONGEST) {
    throw new HierarchyError("a root lives from 8 to 25 years (BR 7.1.2.1.1: 2,922 to 9,132 days)");
  }
  const root = makeRoot({ id: "root", commonName: name, key, validity }, await generateKey(key), now);
  return sealRoot(root.certificate.der, root.issuer.key, passphrase);
}

export const ROOT_KEYS: readonly KeyAlgorithm[] = ["EC_secp384r1", "EC_prime256v1", "RSA_4096", "RSA_3072"];
/** RFC 5280 appendix A.1, ub-common-name. */
const LONGEST_NAME = 64;
const SHORTEST: Millis = 2_922 * DAY;
const LONGEST: Millis = 9_132 * DAY;
