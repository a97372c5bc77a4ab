import { type KeyId, keyIdIn, type WireKeyId } from "#domain/keys/names.ts";
import type { Owner, Region } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** Founds a set of keys that share an id, with the first as its primary. */
export async function insertMultiRegionKey(tx: Tx, { account, region }: Owner, id: WireKeyId): Promise<void> {
  await tx.insertInto("multiRegionKeys").values({ id, account, primaryRegion: region }).execute();
}

/**
 * Keeps everybody else from changing what the keys of a set share until this transaction ends. Whoever does, holds the
 * set before any of its keys, so that two never wait for one another. False when there is no such set.
 */
export async function holdMultiRegionKey(tx: Tx, id: WireKeyId): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("multiRegionKeys")
    .set((own) => ({ primaryRegion: own.ref("primaryRegion") }))
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function findPrimaryRegion(db: Db, id: WireKeyId): Promise<Region | undefined> {
  const row = await db.selectFrom("multiRegionKeys").select("primaryRegion").where("id", "=", id).executeTakeFirst();
  return row?.primaryRegion as Region | undefined;
}

/** Makes another key of a set its primary. False when `from` is not, or no longer, the primary one. */
export async function setPrimaryRegion(
  tx: Tx,
  id: WireKeyId,
  { from, to }: { readonly from: Region; readonly to: Region },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("multiRegionKeys")
    .set({ primaryRegion: to })
    .where("id", "=", id)
    .where("primaryRegion", "=", from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Where the keys of a set are, in the order of their Regions' names. There are as many as Regions, at most. */
export async function listRelatedRegions(db: Db, id: WireKeyId): Promise<Region[]> {
  const rows = await db
    .selectFrom("masterKeys")
    .select("region")
    .where("id", ">", keyIdIn("" as Region, id))
    .where("id", "<", `${id}/` as KeyId) // "/" comes right behind "."
    .orderBy("id")
    .execute();
  return rows.map(({ region }) => region as Region);
}

/** Forgets a set whose last key is gone. */
export async function deleteMultiRegionKey(tx: Tx, id: WireKeyId): Promise<void> {
  await tx.deleteFrom("multiRegionKeys").where("id", "=", id).execute();
}
