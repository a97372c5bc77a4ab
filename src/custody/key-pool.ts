import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { recordIn } from "#journal/journal.ts";
import { countPooledKeys, insertPooledKey, takePooledKey } from "#store/leaf-key-pool.ts";
import type { Tx } from "#store/store.ts";
import { birthAct } from "./birth-act.ts";
import type { Custody } from "./custody.ts";
import type { KeyPair } from "./key-pair.ts";
import type { RootOfCustody } from "./root.ts";
import { makeWrapped, newPoolDataKey, openWrapped, POOLED_ALGORITHM, type WrappedKeyPair } from "./wrapped-key.ts";

/** Puts a wrapped key into the pool. */
export async function addToPool(
  pair: WrappedKeyPair,
  sealedDataKey: Buffer,
  { store, clock }: Pick<Custody, "store" | "clock">,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    await insertPooledKey(tx, POOLED_ALGORITHM, { ...pair, sealedDataKey }, clock.now());
    await recordIn(tx, birthAct(pair.spki, POOLED_ALGORITHM, "new", "pool", undefined), clock);
  });
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
  return (
    pooled &&
    openWrapped(
      { spki: Buffer.from(pooled.spki), sealedKey: Buffer.from(pooled.sealedKey) },
      pooled.sealedDataKey,
      root,
    )
  );
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
