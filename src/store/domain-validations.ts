import { sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { DomainStatus, ValidationMethod } from "#domain/certificate/certificate.ts";
import type { DomainName } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** The first issue, the latest renewal, or the change to DNS validation: each proves the domains for itself. */
export type Purpose = "ISSUE" | "RENEWAL" | "MIGRATION";

export interface NewDomainValidation {
  readonly position: number;
  readonly domainName: DomainName;
  readonly validationDomain: DomainName;
  readonly method: ValidationMethod;
  /** DNS: the CNAME, in lower case and without the last dots. HTTP: RedirectFrom and RedirectTo. EMAIL: null. */
  readonly recordName: string | null;
  readonly recordValue: string | null;
}

export interface DomainValidation extends NewDomainValidation {
  readonly purpose: Purpose;
  readonly status: DomainStatus;
  readonly checkAt: EpochMillis;
  readonly checks: number;
}

/** What the latest look-up of a domain found. */
export interface LatestLookup {
  readonly purpose: Purpose;
  readonly domainName: DomainName;
  readonly status: DomainStatus;
  readonly checkAt: EpochMillis;
  readonly checkedAt: EpochMillis | undefined;
  /** Why it did not prove the domain, in words. */
  readonly problem: string | undefined;
  /** What was asked and what answered, as it was given to `recordLookup`, then to `recordCaaLookups`. */
  readonly lookups: readonly unknown[] | undefined;
}

/** Begins the proofs of an attempt, due at once; those of an earlier attempt for the same purpose are forgotten. */
export async function startValidations(
  tx: Tx,
  certificateArn: CertificateArn,
  purpose: Purpose,
  validations: readonly NewDomainValidation[],
  now: EpochMillis,
): Promise<void> {
  await tx
    .deleteFrom("domainValidations")
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .execute();
  const pending = { certificateArn, purpose, status: "PENDING_VALIDATION", checkAt: now, checks: 0 } as const;
  await tx
    .insertInto("domainValidations")
    .values(validations.map((validation) => ({ ...validation, ...pending })))
    .execute();
}

/** The proofs of a certificate, for the first issue and for the latest renewal, each in the order of the request. */
export async function readValidations(
  db: Db,
  certificateArn: CertificateArn,
  purpose?: Purpose,
): Promise<DomainValidation[]> {
  const all = await validationsOf(db, certificateArn);
  return purpose === undefined ? all : all.filter((validation) => validation.purpose === purpose);
}

const validationsOf = prepared((db, certificateArn: CertificateArn) =>
  db
    .selectFrom("domainValidations")
    .select(["purpose", "position", "domainName", "validationDomain", "method", "status", "recordName", "recordValue"])
    .select(["checkAt", "checks"])
    .where("certificateArn", "=", certificateArn)
    .orderBy("purpose")
    .orderBy("position"),
);

/** What the latest look-ups of a certificate's domains found, in the same order. */
export async function readLookups(db: Db, certificateArn: CertificateArn): Promise<LatestLookup[]> {
  const rows = await db
    .selectFrom("domainValidations")
    .select(["purpose", "domainName", "status", "checkAt", "checkedAt", "problem", "lookups", "caaLookups"])
    .where("certificateArn", "=", certificateArn)
    .orderBy("purpose")
    .orderBy("position")
    .execute();
  return rows.map(({ lookups, caaLookups, ...row }) => ({
    ...row,
    checkedAt: row.checkedAt ?? undefined,
    problem: row.problem ?? undefined,
    lookups: lookups === null ? undefined : [...linesOf(lookups), ...linesOf(caaLookups)],
  }));
}

function linesOf(json: string | null): readonly unknown[] {
  return json === null ? [] : (JSON.parse(json) as readonly unknown[]);
}

/** Writes down what was asked of a name's CAA records, beside what proved the name. */
export async function recordCaaLookups(
  db: Db,
  certificateArn: CertificateArn,
  purpose: Purpose,
  domainName: DomainName,
  lookups: readonly unknown[],
): Promise<void> {
  await db
    .updateTable("domainValidations")
    .set({ caaLookups: JSON.stringify(lookups) })
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("domainName", "=", domainName)
    .execute();
}

/** What a look-up found out about one domain. */
export interface Lookup {
  readonly position: number;
  readonly proven: boolean;
  readonly problem: string | undefined;
  readonly lookups: readonly unknown[];
  readonly checks: number;
  /** When the look-up was due: if this has changed meanwhile, the new time stands. */
  readonly wasDueAt: EpochMillis;
  readonly checkAgainAt: EpochMillis;
}

/** Writes down a look-up of a domain that is still pending. Proof is proof; a failure only sets the next look. */
export async function recordLookup(
  tx: Tx,
  certificateArn: CertificateArn,
  purpose: Purpose,
  { position, proven, problem, lookups, checks, wasDueAt, checkAgainAt }: Lookup,
  now: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("domainValidations")
    .set({
      ...(proven ? { status: "SUCCESS" as const } : {}),
      problem: problem ?? null,
      lookups: JSON.stringify(lookups),
      checks,
      checkedAt: now,
      checkAt: sql<number>`case when check_at = ${wasDueAt} then ${checkAgainAt} else check_at end`,
    })
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("position", "=", position)
    .where("status", "=", "PENDING_VALIDATION")
    .execute();
}

/** Makes pending proofs that look for one of `recordNames` due at once, and answers whose they are. */
export async function hastenValidations(
  tx: Tx,
  recordNames: readonly string[],
  now: EpochMillis,
): Promise<CertificateArn[]> {
  if (recordNames.length === 0) return [];
  const pending = await tx
    .selectFrom("domainValidations")
    .select(["certificateArn", "purpose", "position"])
    .where("recordName", "in", [...recordNames])
    .where("status", "=", sql.lit("PENDING_VALIDATION")) // a literal: the index holds these only
    .orderBy("certificateArn")
    .orderBy("purpose")
    .orderBy("position")
    .execute();
  // One after the other in the order in which look-ups are written down, so that the two cannot wait for each other.
  for (const { certificateArn, purpose, position } of pending) {
    await tx
      .updateTable("domainValidations")
      .set({ checkAt: now, checks: 0 })
      .where("certificateArn", "=", certificateArn)
      .where("purpose", "=", purpose)
      .where("position", "=", position)
      .where("status", "=", "PENDING_VALIDATION")
      .execute();
  }
  return [...new Set(pending.map(({ certificateArn }) => certificateArn))];
}

/** Ends the proofs that are still pending. */
export async function failValidations(tx: Tx, certificateArn: CertificateArn, purpose: Purpose): Promise<void> {
  await tx
    .updateTable("domainValidations")
    .set({ status: "FAILED" })
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("status", "=", "PENDING_VALIDATION")
    .execute();
}

/** What may be changed of one proof from outside of look-ups. */
export interface ValidationChange {
  readonly status?: DomainStatus;
  readonly validationDomain?: DomainName;
  readonly problem?: string | null;
  readonly checkAt?: EpochMillis;
  readonly checks?: number;
}

/** Changes one proof whose status is `from`; false when it is another. */
export async function changeValidation(
  tx: Tx,
  certificateArn: CertificateArn,
  { purpose, position }: Pick<DomainValidation, "purpose" | "position">,
  from: DomainStatus,
  change: ValidationChange,
): Promise<boolean> {
  const row = await tx
    .updateTable("domainValidations")
    .set(change)
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("position", "=", position)
    .where("status", "=", from)
    .returning("position")
    .executeTakeFirst();
  return row !== undefined;
}

/** The change of method is done: its proofs are from now on those of the certificate. */
export async function adoptMigration(tx: Tx, certificateArn: CertificateArn): Promise<void> {
  await tx
    .deleteFrom("domainValidations")
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", "ISSUE")
    .execute();
  await tx
    .updateTable("domainValidations")
    .set({ purpose: "ISSUE" })
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", "MIGRATION")
    .execute();
}
