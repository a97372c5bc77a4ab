import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** How many certificates a round found to be what. */
export type RoundCounts = Readonly<Record<Verdict, number>>;

/** The place of a certificate in the order of their creation. */
export interface CreationPlace {
  readonly createdAt: EpochMillis;
  readonly arn: CertificateArn;
}

/** The daily rehearsal of all certificates of an account in a region. */
export interface Round {
  readonly beganAt: EpochMillis;
  /** How far it has come; undefined at its beginning. */
  readonly after: CreationPlace | undefined;
  readonly counts: RoundCounts;
  /** The last one that came to its end; undefined before the first has. */
  readonly finished: FinishedRound | undefined;
}

export interface FinishedRound {
  readonly at: EpochMillis;
  readonly counts: RoundCounts;
}

export async function readRound(db: Db, { account, region }: Owner): Promise<Round | undefined> {
  const row = await db
    .selectFrom("rehearsalRounds")
    .select(["beganAt", "afterCreatedAt", "afterArn", "wouldRenew", "wouldNotRenew", "notRenewedByUs"])
    .select(["finishedAt", "finished"])
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirst();
  if (!row) return undefined;
  const { beganAt, afterCreatedAt, afterArn, finishedAt, finished } = row;
  return {
    beganAt,
    after: afterCreatedAt === null || afterArn === null ? undefined : { createdAt: afterCreatedAt, arn: afterArn },
    counts: {
      WOULD_RENEW: row.wouldRenew,
      WOULD_NOT_RENEW: row.wouldNotRenew,
      NOT_RENEWED_BY_US: row.notRenewedByUs,
    },
    finished:
      finishedAt === null || finished === null
        ? undefined
        : { at: finishedAt, counts: JSON.parse(finished) as RoundCounts },
  };
}

/** Keeps how far a round has come. */
export async function putRound(db: Db, { account, region }: Owner, round: Round): Promise<void> {
  const { beganAt, after, counts, finished } = round;
  const columns = {
    beganAt,
    afterCreatedAt: after?.createdAt ?? null,
    afterArn: after?.arn ?? null,
    wouldRenew: counts.WOULD_RENEW,
    wouldNotRenew: counts.WOULD_NOT_RENEW,
    notRenewedByUs: counts.NOT_RENEWED_BY_US,
    finishedAt: finished?.at ?? null,
    finished: finished === undefined ? null : JSON.stringify(finished.counts),
  };
  await db
    .insertInto("rehearsalRounds")
    .values({ account, region, ...columns })
    .onConflict((conflict) => conflict.columns(["account", "region"]).doUpdateSet(columns))
    .execute();
}

/** What the last rounds that came to their end found, of every account and region. */
export async function listFinishedRounds(db: Db): Promise<(Owner & { readonly finished: FinishedRound })[]> {
  const rows = await db
    .selectFrom("rehearsalRounds")
    .select(["account", "region", "finishedAt", "finished"])
    .orderBy("account")
    .orderBy("region")
    .execute();
  return rows.flatMap(({ account, region, finishedAt, finished }) =>
    finishedAt === null || finished === null
      ? []
      : [{ account, region, finished: { at: finishedAt, counts: JSON.parse(finished) as RoundCounts } }],
  );
}

/** The next account and region that have certificates, in their order; undefined behind the last. One step in the index. */
export async function nextOwner(db: Db, after: Owner | undefined): Promise<Owner | undefined> {
  return await db
    .selectFrom("certificates")
    .select(["account", "region"])
    .$if(after !== undefined, (query) =>
      query.where((row) =>
        row(
          row.refTuple("account", "region"),
          ">",
          row.tuple(after?.account ?? ("" as AccountId), after?.region ?? ("" as Region)),
        ),
      ),
    )
    .orderBy("account")
    .orderBy("region")
    .limit(1)
    .executeTakeFirst();
}

/** The next certificates of an owner in the order of their creation, with their places. */
export async function certificatesAfter(
  db: Db,
  { account, region }: Owner,
  after: CreationPlace | undefined,
  limit: number,
): Promise<CreationPlace[]> {
  return await db
    .selectFrom("certificates")
    .select(["createdAt", "arn"])
    .where("account", "=", account)
    .where("region", "=", region)
    .$if(after !== undefined, (query) =>
      query.where((row) =>
        row(
          row.refTuple("createdAt", "arn"),
          ">",
          row.tuple(after?.createdAt ?? 0, after?.arn ?? ("" as CertificateArn)),
        ),
      ),
    )
    .orderBy("createdAt")
    .orderBy("arn")
    .limit(limit)
    .execute();
}
