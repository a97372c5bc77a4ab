import { randomBytes } from "node:crypto";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";
import { type KeyPair, makeKeyPair } from "./key-pair.ts";
import type { RootOfCustody } from "./root.ts";

/** A key made in advance as its maker hands it over: the public half, and the private half under the pool's data key. */
export interface WrappedKeyPair {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  readonly sealedKey: Buffer;
}

/** The algorithm whose keys take long enough to be made in advance. */
/** What the data keys of pooled keys are sealed for. */
export const POOLED_ALGORITHM: LeafKeyAlgorithm = "RSA_2048";

/** How many bytes the data key of a pool has. */
export const DATA_KEY_BYTES = 32;

/** The data key that one run of the key maker works with: in clear for its standard input, sealed for the store. */
export function newPoolDataKey(root: RootOfCustody): { readonly dataKey: PlaintextKey; readonly sealed: Buffer } {
  const dataKey = new PlaintextKey(randomBytes(DATA_KEY_BYTES));
  return { dataKey, sealed: root.seal(dataKey.bytes, POOL) };
}

/** Makes one key and wraps it at once. */
export async function makeWrapped(dataKey: PlaintextKey): Promise<WrappedKeyPair> {
  const pair = await makeKeyPair(POOLED_ALGORITHM);
  using pkcs8 = pair.pkcs8;
  return { spki: pair.spki, sealedKey: seal(dataKey.bytes, pkcs8.bytes, bound(pair.spki)) };
}

/** Opens a wrapped key for one `using` block. Throws when it was changed. */
export function openWrapped(pair: WrappedKeyPair, sealedDataKey: Uint8Array, root: RootOfCustody): KeyPair {
  using dataKey = root.open(sealedDataKey, POOL);
  const pkcs8 = open(dataKey.bytes, pair.sealedKey, bound(pair.spki));
  if (!pkcs8) throw new Error("a key in the pool was changed");
  return { spki: pair.spki, pkcs8 };
}

/** The public half is bound to the private one: no two entries can be mixed. */
function bound(spki: Buffer): Buffer {
  return Buffer.concat([Buffer.from(POOL), spki]);
}

/** What the data keys of pooled keys are sealed for. */
export const POOL = "leaf-key-pool";
