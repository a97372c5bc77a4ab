import type { Owner } from "#domain/names.ts";
import type { EndingPlace } from "./certificate-events.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** How far the look at an owner's certificates near their end has come. */
export interface Sweep {
  /** The place of the last certificate looked at; undefined between two sweeps. */
  readonly cursor: EndingPlace | undefined;
  /** JSON: counted so far. */
  readonly counts: string;
}

/** Notes that an owner has certificates. */
export async function insertSweep(tx: Tx, { account, region }: Owner): Promise<void> {
  await insert(tx, account, region);
}

const insert = prepared((db, account: Owner["account"], region: Owner["region"]) =>
  db
    .insertInto("certificateSweeps")
    .values({ account, region, cursorNotAfter: null, cursorArn: null, counts: "{}", totals: null, finishedAt: null })
    .onConflict((conflict) => conflict.columns(["account", "region"]).doNothing()),
);

export async function readSweep(db: Db, { account, region }: Owner): Promise<Sweep | undefined> {
  const row = await db
    .selectFrom("certificateSweeps")
    .select(["cursorNotAfter", "cursorArn", "counts"])
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirst();
  if (!row) return undefined;
  const { cursorNotAfter, cursorArn, counts } = row;
  return {
    counts,
    cursor: cursorNotAfter === null || cursorArn === null ? undefined : { notAfter: cursorNotAfter, arn: cursorArn },
  };
}

/** The sweep has come to `cursor`, and counted this. */
export async function moveSweep(
  db: Db,
  { account, region }: Owner,
  cursor: EndingPlace,
  counts: string,
): Promise<void> {
  await db
    .updateTable("certificateSweeps")
    .set({ cursorNotAfter: cursor.notAfter, cursorArn: cursor.arn, counts })
    .where("account", "=", account)
    .where("region", "=", region)
    .execute();
}

/** The sweep has come to its end: what it counted is what holds until the next. */
export async function finishSweep(db: Db, { account, region }: Owner, totals: string, at: EpochMillis): Promise<void> {
  await db
    .updateTable("certificateSweeps")
    .set({ cursorNotAfter: null, cursorArn: null, counts: "{}", totals, finishedAt: at })
    .where("account", "=", account)
    .where("region", "=", region)
    .execute();
}

/** What the last sweeps counted (JSON), of every account and region. */
export async function sweepTotals(db: Db): Promise<readonly string[]> {
  const rows = await db.selectFrom("certificateSweeps").select("totals").execute();
  return rows.flatMap(({ totals }) => (totals === null ? [] : [totals]));
}
