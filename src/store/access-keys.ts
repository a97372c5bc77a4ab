import type { Insertable } from "kysely";
import type { AccountId } from "#domain/names.ts";
import type { Db } from "./store.ts";
import type { IdentityTables } from "./tables/identity.ts";
import type { EpochMillis } from "./tables/types.ts";

export type NewAccessKey = Insertable<IdentityTables["accessKeys"]>;

/** A key with its secret as it is kept: sealed. */
export interface StoredAccessKey {
  readonly id: string;
  readonly account: string;
  readonly kind: "root" | "edge";
  readonly edge: string | null;
  readonly sealedSecret: Uint8Array;
}

/** Opens an account; false when it is there already. */
export async function insertAccount(db: Db, id: string, createdAt: EpochMillis): Promise<boolean> {
  const opened = await db
    .insertInto("accounts")
    .values({ id, createdAt })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  return opened !== undefined;
}

/** Stores a key, unless that edge of that account has one already. */
export async function insertAccessKey(db: Db, key: NewAccessKey): Promise<void> {
  await db
    .insertInto("accessKeys")
    .values(key)
    .onConflict((conflict) => conflict.columns(["account", "edge"]).doNothing())
    .execute();
}

/** The active key of that id. */
export function findActiveKey(db: Db, id: string): Promise<StoredAccessKey | undefined> {
  return activeKeys(db).where("id", "=", id).executeTakeFirst();
}

/** The oldest active root key of an account. */
export function findRootKey(db: Db, account: string): Promise<StoredAccessKey | undefined> {
  return activeKeys(db)
    .where("account", "=", account)
    .where("kind", "=", "root")
    .orderBy("createdAt")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
}

/** The active key of the edge of that name. */
export function findEdgeKey(db: Db, account: string, edge: string): Promise<StoredAccessKey | undefined> {
  return activeKeys(db).where("account", "=", account).where("edge", "=", edge).executeTakeFirst();
}

/** Whose key that is, whatever its status. */
export async function findKeyAccount(db: Db, id: string): Promise<string | undefined> {
  const key = await db.selectFrom("accessKeys").select("account").where("id", "=", id).executeTakeFirst();
  return key?.account;
}

function activeKeys(db: Db) {
  return db
    .selectFrom("accessKeys")
    .select(["id", "account", "kind", "edge", "sealedSecret"])
    .where("status", "=", "Active");
}

/** Every account, the oldest first. */
export async function listAccounts(db: Db): Promise<readonly AccountId[]> {
  const rows = await db.selectFrom("accounts").select("id").orderBy("createdAt").orderBy("id").execute();
  return rows.map(({ id }) => id as AccountId);
}
