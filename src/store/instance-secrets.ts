import type { Db } from "./store.ts";

/** The sealed secret of that name, once it was made. */
export async function findInstanceSecret(db: Db, name: string): Promise<Uint8Array | undefined> {
  const row = await db.selectFrom("instanceSecrets").select("sealed").where("name", "=", name).executeTakeFirst();
  return row?.sealed;
}

/** Keeps a sealed secret, unless there is one of that name: the first one stays for ever, and the answer is false. */
export async function insertInstanceSecret(db: Db, name: string, sealed: Uint8Array): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("instanceSecrets")
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
