import type { KeyAlias } from "#domain/keys/master-key.ts";
import type { AliasName, KeyId } from "#domain/keys/names.ts";
import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** Gives a key another name. False when the account has that name in that region already: nothing is written. */
export async function insertAlias(tx: Tx, owner: Owner, name: string, keyId: KeyId, now: Date): Promise<boolean> {
  const at = now.getTime();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("keyAliases")
    .values({ account: owner.account, region: owner.region, name, keyId, createdAt: at, updatedAt: at })
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** The key that a name stands for. */
export async function findAliasTarget(db: Db, owner: Owner, name: string): Promise<KeyId | undefined> {
  const row = await db
    .selectFrom("keyAliases")
    .select("keyId")
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.keyId as KeyId | undefined;
}

/** Points a name to another key. False when it is not there. */
export async function updateAlias(tx: Tx, owner: Owner, name: string, keyId: KeyId, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("keyAliases")
    .set({ keyId, updatedAt: now.getTime() })
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Forgets a name. False when it was not there. */
export async function deleteAlias(tx: Tx, owner: Owner, name: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("keyAliases")
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("name", "=", name)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** How many names a key has, counted up to `enough`. */
export async function countAliases(db: Db, keyId: KeyId, enough: number): Promise<number> {
  const rows = await db.selectFrom("keyAliases").select("name").where("keyId", "=", keyId).limit(enough).execute();
  return rows.length;
}

/** One page of the names of an account in a region, or of one of its keys, in their order. */
export async function listAliases(
  db: Db,
  owner: Owner,
  page: { readonly keyId: KeyId | undefined; readonly after: string; readonly limit: number },
): Promise<KeyAlias[]> {
  const { keyId } = page;
  const all = db
    .selectFrom("keyAliases")
    .select(["name", "keyId", "createdAt", "updatedAt"])
    .where("name", ">", page.after)
    .orderBy("name")
    .limit(page.limit);
  const rows = await (keyId
    ? all.where("keyId", "=", keyId)
    : all.where("account", "=", owner.account).where("region", "=", owner.region)
  ).execute();
  return rows.map((row) => ({
    name: row.name as AliasName,
    keyId: row.keyId as KeyId,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  }));
}
