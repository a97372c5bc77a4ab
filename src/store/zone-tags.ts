import type { Db, Tx } from "./store.ts";

export interface ZoneTag {
  readonly key: string;
  readonly value: string;
}

/** The tags of these zones, by zone, in the order of their keys. */
export async function zoneTags(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, readonly ZoneTag[]>> {
  const rows = await db
    .selectFrom("zoneTags")
    .select(["zoneId", "key", "value"])
    .where("zoneId", "in", [...ids])
    .orderBy("key")
    .execute();
  return Map.groupBy(rows, ({ zoneId }) => zoneId);
}

export async function putZoneTags(tx: Tx, zoneId: string, tags: readonly ZoneTag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx
    .insertInto("zoneTags")
    .values(tags.map(({ key, value }) => ({ zoneId, key, value })))
    .onConflict((conflict) =>
      conflict.columns(["zoneId", "key"]).doUpdateSet((row) => ({ value: row.ref("excluded.value") })),
    )
    .execute();
}

export async function deleteZoneTags(tx: Tx, zoneId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .deleteFrom("zoneTags")
    .where("zoneId", "=", zoneId)
    .where("key", "in", [...keys])
    .execute();
}
