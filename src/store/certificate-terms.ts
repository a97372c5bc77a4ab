import { type ExpressionBuilder, sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";
import { prepared, preparedInsert } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis, Flag } from "./tables/types.ts";
import type { Tables } from "./tables.ts";

/** From when until when a version of a certificate was in force. */
export interface Term {
  readonly certificateArn: CertificateArn;
  readonly since: EpochMillis;
  /** Null while it is in force. */
  readonly until: EpochMillis | null;
  readonly notAfter: EpochMillis;
  /** Whether it was to be renewed here. */
  readonly managed: Flag;
  readonly overdueSince: EpochMillis | null;
  readonly overdueUntil: EpochMillis | null;
}

export type NewTerm = Owner & Pick<Term, "certificateArn" | "since" | "notAfter" | "managed">;

/** A version comes into force, in the place of the one before. */
export async function beginTerm(tx: Tx, term: NewTerm): Promise<void> {
  await endTerm(tx, term, term.certificateArn, term.since);
  await insertTerm(tx, term);
}

const insertTerm = preparedInsert("certificateTerms", [
  "certificateArn",
  "account",
  "region",
  "since",
  "notAfter",
  "managed",
]);

/** The version in force is no more: it was replaced, revoked or deleted. */
export async function endTerm(tx: Tx, owner: Owner, arn: CertificateArn, at: EpochMillis): Promise<void> {
  await endTermOf(tx, owner.account, owner.region, arn, at);
}

const endTermOf = prepared(
  (db, account: Owner["account"], region: Owner["region"], arn: CertificateArn, at: EpochMillis) =>
    db
      .updateTable("certificateTerms")
      .set({ until: at })
      .where("id", "=", (query) => latestOf(query, { account, region }, arn))
      .where("until", "is", null),
);

/** From `at` on the certificate's renewal is overdue, or no longer so. Saying it again changes nothing. */
export async function markOverdue(
  tx: Tx,
  owner: Owner,
  arn: CertificateArn,
  overdue: boolean,
  at: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("certificateTerms")
    .set(
      overdue
        ? { overdueSince: sql<number>`coalesce(overdue_since, ${at})`, overdueUntil: null }
        : { overdueUntil: sql<number>`coalesce(overdue_until, ${at})` },
    )
    .where("id", "=", (query) => latestOf(query, owner, arn))
    .where("until", "is", null)
    .$if(!overdue, (query) => query.where("overdueSince", "is not", null))
    .execute();
}

/** The id of a certificate's latest term. */
function latestOf(query: ExpressionBuilder<Tables, "certificateTerms">, owner: Owner, arn: CertificateArn) {
  return query
    .selectFrom("certificateTerms as own")
    .select("own.id")
    .where("own.account", "=", owner.account)
    .where("own.region", "=", owner.region)
    .where("own.certificateArn", "=", arn)
    .orderBy("own.since", "desc")
    .orderBy("own.id", "desc")
    .limit(1);
}

/** The terms of a certificate that reach into a time, oldest first. */
export function termsOf(
  db: Db,
  owner: Owner,
  arn: string,
  from: EpochMillis,
  to: EpochMillis,
  limit: number,
): Promise<Term[]> {
  return db
    .selectFrom("certificateTerms")
    .select(TERM)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("certificateArn", "=", arn as CertificateArn)
    .where("since", "<", to)
    .where((row) => row.or([row("until", "is", null), row("until", ">", from)]))
    .where("notAfter", ">", from)
    .orderBy("since")
    .limit(limit)
    .execute();
}

/** The latest term of each of an owner's certificates, in the order of ARNs. */
export function latestTerms(db: Db, owner: Owner, after: string, limit: number): Promise<Term[]> {
  return db
    .selectFrom("certificateTerms")
    .select(TERM)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("certificateArn", ">", after as CertificateArn)
    .where("id", "=", (query) =>
      query
        .selectFrom("certificateTerms as own")
        .select("own.id")
        .whereRef("own.account", "=", "certificateTerms.account")
        .whereRef("own.region", "=", "certificateTerms.region")
        .whereRef("own.certificateArn", "=", "certificateTerms.certificateArn")
        .orderBy("own.since", "desc")
        .orderBy("own.id", "desc")
        .limit(1),
    )
    .orderBy("certificateArn")
    .limit(limit)
    .execute();
}

/** Forgets terms whose validity ended before a time; answers how many. */
export async function deleteTermsBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("certificateTerms")
    .where("id", "in", (query) =>
      query.selectFrom("certificateTerms").select("id").where("notAfter", "<", before).orderBy("notAfter").limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

const TERM = ["certificateArn", "since", "until", "notAfter", "managed", "overdueSince", "overdueUntil"] as const;
