import type { KeyTag } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Db, Tx } from "./store.ts";

/** Adds tags to a key; one that is there gets the new value. */
export async function putKeyTags(tx: Tx, keyId: KeyId, tags: readonly KeyTag[]): Promise<void> {
  if (tags.length === 0) return;
  await tx
    .insertInto("keyTags")
    .values(tags.map(({ key, value }) => ({ keyId, tagKey: key, tagValue: value })))
    .onConflict((conflict) =>
      conflict.columns(["keyId", "tagKey"]).doUpdateSet((row) => ({ tagValue: row.ref("excluded.tagValue") })),
    )
    .execute();
}

export async function deleteKeyTags(tx: Tx, keyId: KeyId, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.deleteFrom("keyTags").where("keyId", "=", keyId).where("tagKey", "in", keys).execute();
}

/** One page of a key's tags, by tag key. */
export async function listKeyTags(db: Db, keyId: KeyId, after: string, limit: number): Promise<KeyTag[]> {
  const rows = await db
    .selectFrom("keyTags")
    .select(["tagKey", "tagValue"])
    .where("keyId", "=", keyId)
    .where("tagKey", ">", after)
    .orderBy("tagKey")
    .limit(limit)
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
}
