import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What came of one order of an ACME client. */
export interface AcmeIssuance {
  readonly at: EpochMillis;
  readonly succeeded: boolean;
}

export async function insertAcmeIssuance(
  tx: Tx,
  { account, region }: Owner,
  endpointArn: string,
  { at, succeeded }: AcmeIssuance,
): Promise<void> {
  await tx
    .insertInto("acmeIssuances")
    .values({ account, region, endpointArn, at, succeeded: succeeded ? 1 : 0 })
    .execute();
}

/** What came of an endpoint's orders from a time on and before another, oldest first. */
export async function acmeIssuancesOf(
  db: Db,
  owner: Owner,
  endpointArn: string,
  from: EpochMillis,
  to: EpochMillis,
  limit: number,
): Promise<AcmeIssuance[]> {
  const rows = await db
    .selectFrom("acmeIssuances")
    .select(["at", "succeeded"])
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("endpointArn", "=", endpointArn)
    .where("at", ">=", from)
    .where("at", "<", to)
    .orderBy("at")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ at, succeeded }) => ({ at, succeeded: succeeded === 1 }));
}

/** The next endpoint behind `after`, in the order of ARNs, and when its last order ended; undefined behind the last. */
export async function nextIssuingEndpoint(
  db: Db,
  owner: Owner,
  after: string,
): Promise<{ readonly endpointArn: string; readonly at: EpochMillis } | undefined> {
  const next = await db
    .selectFrom("acmeIssuances")
    .select("endpointArn")
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("endpointArn", ">", after)
    .orderBy("endpointArn")
    .limit(1)
    .executeTakeFirst();
  if (!next) return undefined;
  return await db
    .selectFrom("acmeIssuances")
    .select(["endpointArn", "at"])
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("endpointArn", "=", next.endpointArn)
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Forgets orders that ended before a time; answers how many. */
export async function deleteAcmeIssuancesBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("acmeIssuances")
    .where("id", "in", (query) =>
      query.selectFrom("acmeIssuances").select("id").where("at", "<", before).orderBy("at").limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
