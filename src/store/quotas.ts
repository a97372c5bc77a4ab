import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";
import type { AcmOperationTables } from "./tables/acm-operations.ts";

/** What counts: certificates that were requested of a public CA, and imported ones. */
export type QuotaKind = AcmOperationTables["quotaUses"]["kind"]["__select__"];

/** One day's uses; days are counted from 1970. */
export interface DayOfUses {
  readonly day: number;
  readonly uses: number;
}

/** Counts one use, and makes everybody else who counts for this owner wait until the transaction ends. */
export async function countUse(tx: Tx, { account, region }: Owner, kind: QuotaKind, day: number): Promise<void> {
  await tx
    .insertInto("quotaUses")
    .values({ account, region, kind, day, uses: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(["account", "region", "kind", "day"])
        .doUpdateSet((row) => ({ uses: row(row.ref("quotaUses.uses"), "+", 1) })),
    )
    .execute();
}

/** The uses after `day`, oldest first. Those before are forgotten. */
export async function usesAfter(
  tx: Tx,
  { account, region }: Owner,
  kind: QuotaKind,
  day: number,
): Promise<readonly DayOfUses[]> {
  await tx
    .deleteFrom("quotaUses")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("kind", "=", kind)
    .where("day", "<=", day)
    .execute();
  return await tx
    .selectFrom("quotaUses")
    .select(["day", "uses"])
    .where("account", "=", account)
    .where("region", "=", region)
    .where("kind", "=", kind)
    .orderBy("day")
    .execute();
}

/** How many certificates of a kind an owner has, counted no further than to `most`. A private CA's and ACME's do not count. */
export async function countKind(db: Db, { account, region }: Owner, kind: QuotaKind, most: number): Promise<number> {
  const { found } = await db
    .selectFrom((from) =>
      from
        .selectFrom("certificates")
        .select("arn")
        .where("account", "=", account)
        .where("region", "=", region)
        .where("type", "=", kind === "imported" ? "IMPORTED" : "AMAZON_ISSUED")
        .where("keyPairOrigin", "=", kind === "imported" ? "CUSTOMER_PROVIDED" : "AWS_MANAGED")
        .limit(most)
        .as("some"),
    )
    .select((row) => row.fn.countAll<number>().as("found"))
    .executeTakeFirstOrThrow();
  return found;
}
