import { randomBytes } from "node:crypto";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";
import { countPooledKeys, insertPooledKey, takePooledKey } from "#store/leaf-key-pool.ts";
import type { Tx } from "#store/store.ts";
import type { Custody } from "./custody.ts";
import { type KeyPair, makeKeyPair } from "./key-pair.ts";
import type { RootOfCustody } from "./root.ts";

/** The algorithm whose keys take long enough to be made in advance. */
const POOLED_ALGORITHM: LeafKeyAlgorithm = "RSA_2048";

/** A key made in advance as its maker hands it over: the public half, and the private half under the pool's data key. */
export interface WrappedKeyPair {
  readonly spki: Buffer;
  readonly sealedKey: Buffer;
}

/** The data key that one run of the key maker works with: in clear for its standard input, sealed for the store. */
export function newPoolDataKey(root: RootOfCustody): { readonly dataKey: PlaintextKey; readonly sealed: Buffer } {
  const dataKey = new PlaintextKey(randomBytes(DATA_KEY_BYTES));
  return { dataKey, sealed: root.seal(dataKey.bytes, POOL) };
}

/** Makes one key and wraps it at once: what the key maker does. */
export async function makeWrapped(dataKey: PlaintextKey): Promise<WrappedKeyPair> {
  const pair = await makeKeyPair(POOLED_ALGORITHM);
  using pkcs8 = pair.pkcs8;
  return { spki: pair.spki, sealedKey: seal(dataKey.bytes, pkcs8.bytes, bound(pair.spki)) };
}

/** Puts a wrapped key into the pool. */
export async function addToPool(
  pair: WrappedKeyPair,
  sealedDataKey: Buffer,
  { store, clock }: Pick<Custody, "store" | "clock">,
): Promise<void> {
  await insertPooledKey(store, POOLED_ALGORITHM, { ...pair, sealedDataKey }, clock.now());
}

/** How many keys wait in the pool, counted up to `enough`. */
export async function poolLevel(enough: number, { store }: Pick<Custody, "store">): Promise<number> {
  return await countPooledKeys(store, POOLED_ALGORITHM, enough);
}

/** Takes a key out of the pool, for this transaction alone; undefined when it is empty or has none of this kind. */
export async function takeFromPool(
  tx: Tx,
  algorithm: LeafKeyAlgorithm,
  root: RootOfCustody,
): Promise<KeyPair | undefined> {
  if (algorithm !== POOLED_ALGORITHM) return undefined;
  const pooled = await takePooledKey(tx, algorithm);
  if (!pooled) return undefined;
  const spki = Buffer.from(pooled.spki);
  using dataKey = root.open(pooled.sealedDataKey, POOL);
  const pkcs8 = open(dataKey.bytes, pooled.sealedKey, bound(spki));
  if (!pkcs8) throw new Error("a key in the pool was changed");
  return { spki, pkcs8 };
}

/** Makes sure that a key of this kind waits, so that the transaction that takes it need not make it. */
export async function stockPool(
  algorithm: LeafKeyAlgorithm,
  deps: Pick<Custody, "store" | "clock" | "root">,
): Promise<void> {
  if (algorithm !== POOLED_ALGORITHM || (await poolLevel(1, deps)) > 0) return;
  const pool = newPoolDataKey(deps.root);
  using dataKey = pool.dataKey;
  await addToPool(await makeWrapped(dataKey), pool.sealed, deps);
}

/** The public half is bound to the private one: no two entries can be mixed. */
function bound(spki: Buffer): Buffer {
  return Buffer.concat([Buffer.from(POOL), spki]);
}

const POOL = "leaf-key-pool";
const DATA_KEY_BYTES = 32;
