import type { EntityKind } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

export type Counted = EntityKind | "policy" | "policy-version";

/** Counts one more or fewer of something that an account has; answers how many it has then. */
export async function count(tx: Tx, account: AccountId, what: Counted, change: number): Promise<number> {
  const { amount } = await tx
    .insertInto("iamCounts")
    .values({ account, what, amount: change })
    .onConflict((conflict) =>
      conflict.columns(["account", "what"]).doUpdateSet((row) => ({ amount: row("iamCounts.amount", "+", change) })),
    )
    .returning("amount")
    .executeTakeFirstOrThrow();
  return amount;
}

/** How many of each an account has. */
export async function readCounts(db: Db, account: AccountId): Promise<Partial<Record<Counted, number>>> {
  const rows = await db.selectFrom("iamCounts").select(["what", "amount"]).where("account", "=", account).execute();
  return Object.fromEntries(rows.map(({ what, amount }) => [what, amount]));
}

/** Gives an account its alias, in place of another; false when it is another account's. */
export async function setAccountAlias(tx: Tx, account: AccountId, alias: string): Promise<boolean> {
  const holder = await tx.selectFrom("accountAliases").select("account").where("alias", "=", alias).executeTakeFirst();
  if (holder) return false;
  await tx.deleteFrom("accountAliases").where("account", "=", account).execute();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("accountAliases")
    .values({ alias, account })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findAccountAlias(db: Db, account: AccountId): Promise<string | undefined> {
  const row = await db.selectFrom("accountAliases").select("alias").where("account", "=", account).executeTakeFirst();
  return row?.alias;
}

/** Whether the account had that alias. */
export async function deleteAccountAlias(db: Db, account: AccountId, alias: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("accountAliases")
    .where("account", "=", account)
    .where("alias", "=", alias)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
