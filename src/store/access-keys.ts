import type { Insertable } from "kysely";
import type { LastUse } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import { lastUseOf } from "./iam-entities.ts";
import type { Db, Tx } from "./store.ts";
import type { IdentityTables } from "./tables/identity.ts";
import type { EpochMillis } from "./tables/types.ts";

export type NewAccessKey = Omit<
  Insertable<IdentityTables["accessKeys"]>,
  "lastUsedAt" | "lastUsedRegion" | "lastUsedService"
>;

/** A key with its secret as it is kept: sealed. */
export interface StoredAccessKey {
  readonly id: string;
  readonly account: string;
  readonly kind: "root" | "edge" | "user";
  readonly edge: string | null;
  readonly userId: string | null;
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

/** Stores a key, unless that edge of that account has one already: then false. */
export async function insertAccessKey(db: Db, key: NewAccessKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("accessKeys")
    .values(key)
    .onConflict((conflict) => conflict.columns(["account", "edge"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
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

/** Whose keys are meant: a user's by the user's id, or an account's root user's. */
export type KeyHolder = { readonly userId: string } | { readonly rootOf: AccountId };

/** A key as IAM shows it. */
export interface ShownAccessKey {
  readonly id: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: Date;
}

/** The keys that somebody has: two at most, by their ids. */
export async function listKeysOf(db: Db, holder: KeyHolder): Promise<ShownAccessKey[]> {
  const keys = db.selectFrom("accessKeys").select(["id", "status", "createdAt"]);
  const query =
    "userId" in holder
      ? keys.where("userId", "=", holder.userId)
      : keys.where("account", "=", holder.rootOf).where("kind", "=", "root");
  const rows = await query.orderBy("id").execute();
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }));
}

/** Whether it is there to be switched. */
export async function setKeyStatus(
  tx: Tx,
  id: string,
  holder: KeyHolder,
  status: "Active" | "Inactive",
): Promise<boolean> {
  const keys = tx.updateTable("accessKeys").set({ status }).where("id", "=", id);
  const query =
    "userId" in holder
      ? keys.where("userId", "=", holder.userId)
      : keys.where("account", "=", holder.rootOf).where("kind", "=", "root");
  return (await query.executeTakeFirstOrThrow()).numUpdatedRows > 0n;
}

/** Whether it was there. */
export async function deleteKey(tx: Tx, id: string, holder: KeyHolder): Promise<boolean> {
  const keys = tx.deleteFrom("accessKeys").where("id", "=", id);
  const query =
    "userId" in holder
      ? keys.where("userId", "=", holder.userId)
      : keys.where("account", "=", holder.rootOf).where("kind", "=", "root");
  return (await query.executeTakeFirstOrThrow()).numDeletedRows > 0n;
}

/** Whose key that is, and when it was last used; undefined when there is none. */
export async function findKeyUse(
  db: Db,
  id: string,
): Promise<
  | {
      readonly account: string;
      readonly kind: StoredAccessKey["kind"];
      readonly userId: string | null;
      readonly lastUsed: LastUse | undefined;
    }
  | undefined
> {
  const row = await db
    .selectFrom("accessKeys")
    .select(["account", "kind", "userId", "lastUsedAt", "lastUsedRegion", "lastUsedService"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { account: row.account, kind: row.kind, userId: row.userId, lastUsed: lastUseOf(row) };
}

/** Notes that a key was used, if it was not noted since `unless`. */
export async function noteKeyUse(db: Db, id: string, { at, region, service }: LastUse, unless: Date): Promise<void> {
  await db
    .updateTable("accessKeys")
    .set({ lastUsedAt: at.getTime(), lastUsedRegion: region, lastUsedService: service })
    .where("id", "=", id)
    .where((key) => key.or([key("lastUsedAt", "is", null), key("lastUsedAt", "<", unless.getTime())]))
    .execute();
}

/** Holds an account to the end of the transaction; when it was opened, or undefined when there is none. */
export async function holdAccount(tx: Tx, id: AccountId): Promise<Date | undefined> {
  const row = await tx
    .updateTable("accounts")
    .set((account) => ({ createdAt: account.ref("createdAt") }))
    .where("id", "=", id)
    .returning("createdAt")
    .executeTakeFirst();
  return row && new Date(row.createdAt);
}

/** When an account was opened; undefined when there is none. */
export async function accountOpenedAt(db: Db, id: AccountId): Promise<Date | undefined> {
  const row = await db.selectFrom("accounts").select("createdAt").where("id", "=", id).executeTakeFirst();
  return row && new Date(row.createdAt);
}

function activeKeys(db: Db) {
  return db
    .selectFrom("accessKeys")
    .select(["id", "account", "kind", "edge", "userId", "sealedSecret"])
    .where("status", "=", "Active");
}

/** Every account, the oldest first. */
export async function listAccounts(db: Db): Promise<readonly AccountId[]> {
  const rows = await db.selectFrom("accounts").select("id").orderBy("createdAt").orderBy("id").execute();
  return rows.map(({ id }) => id as AccountId);
}
