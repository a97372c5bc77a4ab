import type { Insertable, Selectable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";
import type { RecordToWrite, Verdict } from "#domain/rehearsal/rehearsal.ts";
import type { Db, Tx } from "./store.ts";
import type { Tables } from "./tables.ts";

type Row = Selectable<Tables["certificateRehearsals"]>;
export type NewRehearsal = Insertable<Tables["certificateRehearsals"]>;

/** What the latest rehearsal of a certificate came to. */
export interface StoredRehearsal extends Omit<Row, "record" | "findings"> {
  readonly record: RecordToWrite | undefined;
}

/** The latest rehearsal of a certificate, with everything that was found; undefined when there was none. */
export async function findRehearsal(
  db: Db,
  certificateArn: CertificateArn,
): Promise<(StoredRehearsal & { readonly findings: unknown }) | undefined> {
  const row = await db
    .selectFrom("certificateRehearsals")
    .select([...COLUMNS, "findings"])
    .where("certificateArn", "=", certificateArn)
    .executeTakeFirst();
  return row && { ...stored(row), findings: JSON.parse(row.findings) as unknown };
}

/** Keeps what a rehearsal came to, unless a later one is kept already. Hold the certificate first. */
export async function putRehearsal(tx: Tx, rehearsal: NewRehearsal): Promise<void> {
  const { certificateArn: _arn, account: _account, region: _region, ...found } = rehearsal;
  await tx
    .insertInto("certificateRehearsals")
    .values(rehearsal)
    .onConflict((conflict) =>
      conflict
        .column("certificateArn")
        .doUpdateSet(found)
        .where("certificateRehearsals.rehearsedAt", "<=", found.rehearsedAt),
    )
    .execute();
}

/** Writes down that a rehearsal came to what the one before did. Nothing where that is gone. */
export async function repeatRehearsal(db: Db, rehearsal: NewRehearsal): Promise<void> {
  const { certificateArn, account: _account, region: _region, since: _since, ...found } = rehearsal;
  await db
    .updateTable("certificateRehearsals")
    .set(found)
    .where("certificateArn", "=", certificateArn)
    .where("rehearsedAt", "<=", found.rehearsedAt)
    .execute();
}

/** Forgets what was found of a certificate that there is nothing to rehearse of any more. */
export async function deleteRehearsal(db: Db, certificateArn: CertificateArn): Promise<void> {
  await db.deleteFrom("certificateRehearsals").where("certificateArn", "=", certificateArn).execute();
}

/** A place in the list of rehearsals. */
export type RehearsalPlace = Pick<Row, "urgency" | "urgentAt" | "certificateArn">;

export interface RehearsalPage {
  readonly verdict: Verdict | undefined;
  /** Who looks after the certificate. */
  readonly owner: string | undefined;
  readonly after: RehearsalPlace | undefined;
  readonly limit: number;
}

/** One page of the latest rehearsals of an account in a region: the worst first, and of these the most urgent. */
export async function pageRehearsals(
  db: Db,
  { account, region }: Owner,
  { verdict, owner, after, limit }: RehearsalPage,
): Promise<StoredRehearsal[]> {
  const rows = await db
    .selectFrom("certificateRehearsals")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("region", "=", region)
    .$if(owner !== undefined, (query) => query.where("owner", "=", owner ?? ""))
    .$if(verdict !== undefined, (query) => query.where("urgency", "=", URGENCY[verdict ?? "WOULD_RENEW"]))
    .$if(after !== undefined, (query) =>
      query.where((row) =>
        row(
          row.refTuple("urgency", "urgentAt", "certificateArn"),
          ">",
          row.tuple(after?.urgency ?? 0, after?.urgentAt ?? 0, after?.certificateArn ?? ("" as CertificateArn)),
        ),
      ),
    )
    .orderBy("urgency")
    .orderBy("urgentAt")
    .orderBy("certificateArn")
    .limit(limit)
    .execute();
  return rows.map(stored);
}

/** How urgent each verdict is: the first are shown first. */
export const URGENCY: Readonly<Record<Verdict, number>> = {
  WOULD_NOT_RENEW: 0,
  NOT_RENEWED_BY_US: 1,
  WOULD_RENEW: 2,
};

const COLUMNS = [
  "certificateArn",
  "account",
  "region",
  "domainName",
  "verdict",
  "urgency",
  "urgentAt",
  "owner",
  "problem",
  "record",
  "renewsAt",
  "actBy",
  "rehearsedAt",
  "since",
] as const;

function stored({ record, ...row }: Pick<Row, (typeof COLUMNS)[number]>): StoredRehearsal {
  return { ...row, record: record === null ? undefined : (JSON.parse(record) as RecordToWrite) };
}
