import { type Db, isEmbedded, type Tx } from "./store.ts";

/** A key made in advance: its public half, and its private half sealed by a data key that the root of custody sealed. */
export interface PooledKey {
  readonly spki: Uint8Array;
  readonly sealedKey: Uint8Array;
  readonly sealedDataKey: Uint8Array;
}

export async function insertPooledKey(db: Db, algorithm: string, key: PooledKey, now: Date): Promise<void> {
  const { spki, sealedKey, sealedDataKey } = key;
  await db
    .insertInto("leafKeyPool")
    .values({ algorithm, spki, sealedKey, sealedDataKey, createdAt: now.getTime() })
    .execute();
}

/** Takes the oldest key out of the pool; undefined when it is empty. Nobody else gets it, unless this transaction fails. */
export async function takePooledKey(tx: Tx, algorithm: string): Promise<PooledKey | undefined> {
  return await tx
    .deleteFrom("leafKeyPool")
    .where("id", "=", (pool) =>
      pool
        .selectFrom("leafKeyPool")
        .select("id")
        .where("algorithm", "=", algorithm)
        .orderBy("id")
        .limit(1)
        .$if(!isEmbedded(tx), (oldest) => oldest.forUpdate().skipLocked()),
    )
    .returning(["spki", "sealedKey", "sealedDataKey"])
    .executeTakeFirst();
}

/** How many keys wait, counted up to `enough`. */
export async function countPooledKeys(db: Db, algorithm: string, enough: number): Promise<number> {
  const rows = await db
    .selectFrom("leafKeyPool")
    .select("id")
    .where("algorithm", "=", algorithm)
    .limit(enough)
    .execute();
  return rows.length;
}
