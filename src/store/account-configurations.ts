import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What the owner has set; undefined before the first time. */
export async function findAccountConfiguration(
  db: Db,
  { account, region }: Owner,
): Promise<{ readonly daysBeforeExpiry: number } | undefined> {
  return await db
    .selectFrom("accountConfigurations")
    .select("daysBeforeExpiry")
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirst();
}

export async function putAccountConfiguration(
  tx: Tx,
  { account, region }: Owner,
  { daysBeforeExpiry }: { readonly daysBeforeExpiry: number },
): Promise<void> {
  await tx
    .insertInto("accountConfigurations")
    .values({ account, region, daysBeforeExpiry })
    .onConflict((conflict) => conflict.columns(["account", "region"]).doUpdateSet({ daysBeforeExpiry }))
    .execute();
}

/** Keeps a token with what it came with. False when it was used before: then nothing is written. */
export async function insertConfigurationToken(
  tx: Tx,
  { account, region }: Owner,
  use: { readonly token: string; readonly configuration: string; readonly createdAt: EpochMillis },
): Promise<boolean> {
  const row = await tx
    .insertInto("accountConfigurationTokens")
    .values({ account, region, ...use })
    .onConflict((conflict) => conflict.columns(["account", "region", "token"]).doNothing())
    .returning("token")
    .executeTakeFirst();
  return row !== undefined;
}

/** What a token came with. */
export async function findConfigurationToken(
  db: Db,
  { account, region }: Owner,
  token: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("accountConfigurationTokens")
    .select("configuration")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("token", "=", token)
    .executeTakeFirst();
  return row?.configuration;
}

/** Forgets the owner's tokens that were used before `before` or then. */
export async function forgetConfigurationTokens(
  tx: Tx,
  { account, region }: Owner,
  before: EpochMillis,
): Promise<void> {
  await tx
    .deleteFrom("accountConfigurationTokens")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("createdAt", "<=", before)
    .execute();
}
