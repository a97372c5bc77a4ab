import { type Selectable, sql } from "kysely";
import type { AcmeDomainValidationArn, AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { AcmeDomainFailure, AcmeDomainStatus } from "#domain/acme/domain-validation.ts";
import type { DomainScope, ScopedDomain } from "#domain/acme/scope.ts";
import type { AcmePlace } from "./acme-endpoints.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { AcmeTables } from "./tables/acme.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<AcmeTables["acmeDomainValidations"]>;

export interface AcmeDomainValidation extends Omit<Row, ScopeColumn | RequestColumn> {
  readonly scope: DomainScope;
}

export type NewAcmeDomainValidation = Pick<
  AcmeDomainValidation,
  "arn" | "endpointArn" | "createdAt" | "domainName" | "hostedZoneId" | "recordName" | "recordValue" | "scope"
> &
  Pick<Row, RequestColumn>;

/** Begins a domain validation, due at once; false when the endpoint has the domain already, or the request key is taken. */
export async function insertAcmeDomain(tx: Tx, { scope, ...validation }: NewAcmeDomainValidation): Promise<boolean> {
  const { createdAt } = validation;
  const row = await tx
    .insertInto("acmeDomainValidations")
    .values({
      ...validation,
      ...scopeColumns(scope),
      status: "VALIDATING",
      updatedAt: createdAt,
      startedAt: createdAt,
      checkAt: createdAt,
      checks: 0,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

export async function countAcmeDomains(tx: Tx, endpointArn: AcmeEndpointArn): Promise<number> {
  const { count } = await tx
    .selectFrom("acmeDomainValidations")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("endpointArn", "=", endpointArn)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findAcmeDomain(db: Db, arn: AcmeDomainValidationArn): Promise<AcmeDomainValidation | undefined> {
  const row = await db.selectFrom("acmeDomainValidations").select(COLUMNS).where("arn", "=", arn).executeTakeFirst();
  return row && validation(row);
}

/** An endpoint's domain validations by creation, `limit` of them, behind a place. */
export async function pageAcmeDomains(
  db: Db,
  endpointArn: AcmeEndpointArn,
  after: AcmePlace,
  limit: number,
): Promise<readonly AcmeDomainValidation[]> {
  const rows = await db
    .selectFrom("acmeDomainValidations")
    .select(COLUMNS)
    .where("endpointArn", "=", endpointArn)
    .where((row) =>
      row(row.refTuple("createdAt", "arn"), ">", row.tuple(after.createdAt, after.key as AcmeDomainValidationArn)),
    )
    .orderBy("createdAt")
    .orderBy("arn")
    .limit(limit)
    .execute();
  return rows.map(validation);
}

/** Those of an endpoint's domain validations that are for one of these domains. */
export async function findScopedDomains(
  db: Db,
  endpointArn: AcmeEndpointArn,
  domains: readonly string[],
): Promise<readonly ScopedDomain[]> {
  const found: ScopedDomain[] = [];
  for (let from = 0; from < domains.length; from += AT_ONCE) {
    const some = domains.slice(from, from + AT_ONCE);
    // Nearly all orders are of a few names: what is left of the eight asks for the first one again.
    const rows =
      some.length <= FEW
        ? await scopedOf(db, endpointArn, ...some, ...Array.from({ length: FEW - some.length }, () => some[0] ?? ""))
        : await scopedAmong(db, endpointArn, some).execute();
    found.push(...rows.map(({ domainName, status, ...flags }) => ({ domainName, status, scope: scopeOf(flags) })));
  }
  return found;
}

const scopedAmong = (db: Db, endpointArn: AcmeEndpointArn, domains: readonly string[]) =>
  db
    .selectFrom("acmeDomainValidations")
    .select(["domainName", "status", "exactDomain", "subdomains", "wildcards"])
    .where("endpointArn", "=", endpointArn)
    .where("domainName", "in", domains);

const scopedOf = prepared((db, endpointArn: AcmeEndpointArn, ...domains: readonly string[]) =>
  scopedAmong(db, endpointArn, domains),
);

/** Gives a domain validation that is not DELETING another scope and zone, and makes it due; false when it is DELETING. */
export async function setAcmeDomain(
  tx: Tx,
  arn: AcmeDomainValidationArn,
  {
    scope,
    hostedZoneId,
    at,
  }: { readonly scope: DomainScope; readonly hostedZoneId: string | null; readonly at: EpochMillis },
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeDomainValidations")
    .set({ ...scopeColumns(scope), hostedZoneId, updatedAt: at, checkAt: at })
    .where("arn", "=", arn)
    .where("status", "<>", "DELETING")
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

export interface AcmeDomainChange {
  readonly status: AcmeDomainStatus;
  readonly startedAt?: EpochMillis;
  readonly provenAt?: EpochMillis | null;
  readonly checkAt?: EpochMillis;
  readonly checks?: number;
  readonly failureReason?: AcmeDomainFailure;
  readonly failureMessage?: string;
}

/** Moves a domain validation on from a status; false when it is not in that any more. */
export async function moveAcmeDomain(
  tx: Tx,
  arn: AcmeDomainValidationArn,
  from: AcmeDomainStatus,
  change: AcmeDomainChange,
  at: EpochMillis,
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeDomainValidations")
    .set({ ...change, updatedAt: at })
    .where("arn", "=", arn)
    .where("status", "=", from)
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** What a look-up found out. */
export interface AcmeDomainLookup {
  readonly problem: string | undefined;
  readonly lookups: readonly unknown[];
  readonly checks: number;
  /** When the look-up was due: if this has changed meanwhile, the new time stands. */
  readonly wasDueAt: EpochMillis;
  readonly checkAgainAt: EpochMillis;
  readonly provenAt: EpochMillis | undefined;
}

/** Writes down a look-up of a domain whose status is still `status`. */
export async function recordAcmeLookup(
  tx: Tx,
  arn: AcmeDomainValidationArn,
  status: AcmeDomainStatus,
  { problem, lookups, checks, wasDueAt, checkAgainAt, provenAt }: AcmeDomainLookup,
  now: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("acmeDomainValidations")
    .set({
      problem: problem ?? null,
      lookups: JSON.stringify(lookups),
      checks,
      checkedAt: now,
      checkAt: sql<number>`case when check_at = ${wasDueAt} then ${checkAgainAt} else check_at end`,
      ...(provenAt === undefined ? {} : { provenAt }),
    })
    .where("arn", "=", arn)
    .where("status", "=", status)
    .execute();
}

/** Makes domain validations that look for one of `recordNames` due at once, and answers which. */
export async function hastenAcmeDomains(
  tx: Tx,
  recordNames: readonly string[],
  now: EpochMillis,
): Promise<readonly AcmeDomainValidationArn[]> {
  if (recordNames.length === 0) return [];
  const waiting = await tx
    .selectFrom("acmeDomainValidations")
    .select("arn")
    .where("recordName", "in", [...recordNames])
    .where("status", "in", ["VALIDATING", "VALID"])
    .orderBy("arn")
    .execute();
  for (const { arn } of waiting) {
    await tx
      .updateTable("acmeDomainValidations")
      .set({ checkAt: now, checks: 0 })
      .where("arn", "=", arn)
      .where("status", "in", ["VALIDATING", "VALID"])
      .execute();
  }
  return waiting.map(({ arn }) => arn);
}

/** Removes a domain validation that is DELETING. */
export async function deleteAcmeDomain(tx: Tx, arn: AcmeDomainValidationArn): Promise<void> {
  await tx.deleteFrom("acmeDomainValidations").where("arn", "=", arn).where("status", "=", "DELETING").execute();
}

const AT_ONCE = 500;
const FEW = 8;

type ScopeColumn = "exactDomain" | "subdomains" | "wildcards";
type RequestColumn = "requestKey" | "requestHash";

function scopeColumns({ exactDomain, subdomains, wildcards }: DomainScope): Pick<Row, ScopeColumn> {
  return { exactDomain: exactDomain ? 1 : 0, subdomains: subdomains ? 1 : 0, wildcards: wildcards ? 1 : 0 };
}

function scopeOf({ exactDomain, subdomains, wildcards }: Pick<Row, ScopeColumn>): DomainScope {
  return { exactDomain: exactDomain === 1, subdomains: subdomains === 1, wildcards: wildcards === 1 };
}

const COLUMNS = [
  "arn",
  "endpointArn",
  "createdAt",
  "updatedAt",
  "domainName",
  "status",
  "exactDomain",
  "subdomains",
  "wildcards",
  "hostedZoneId",
  "recordName",
  "recordValue",
  "startedAt",
  "provenAt",
  "checkAt",
  "checks",
  "checkedAt",
  "problem",
  "lookups",
  "failureReason",
  "failureMessage",
] as const;

function validation({
  exactDomain,
  subdomains,
  wildcards,
  ...row
}: Pick<Row, (typeof COLUMNS)[number]>): AcmeDomainValidation {
  return { ...row, scope: scopeOf({ exactDomain, subdomains, wildcards }) };
}
