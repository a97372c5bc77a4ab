import { type Insertable, type Selectable, sql, type Updateable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { CertificateFacts } from "#domain/certificate/next-step.ts";
import type { DomainFacts } from "#domain/certificate/proving.ts";
import { type RenewalStatus, spreadOf } from "#domain/certificate/renewal.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { DomainName } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { CertificateTables } from "./tables/certificates.ts";
import type { EpochMillis } from "./tables/types.ts";

export type NewCertificate = Omit<Insertable<CertificateTables["certificates"]>, "names"> & {
  readonly names: readonly DomainName[];
};

/** Writes a certificate, unless its `requestKey` or its ARN is taken already: then false, and nothing is written. */
export async function insertCertificate(tx: Tx, { names, ...certificate }: NewCertificate): Promise<boolean> {
  const row = await tx
    .insertInto("certificates")
    .values({ ...certificate, names: JSON.stringify(names) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** Frees a request key from certificates created before `before`, so that it may be used afresh. */
export async function releaseRequestKey(tx: Tx, requestKey: string, before: EpochMillis): Promise<void> {
  await tx
    .updateTable("certificates")
    .set({ requestKey: null })
    .where("requestKey", "=", requestKey)
    .where("createdAt", "<=", before)
    .execute();
}

export async function findByRequestKey(db: Db, requestKey: string): Promise<CertificateArn | undefined> {
  const row = await db.selectFrom("certificates").select("arn").where("requestKey", "=", requestKey).executeTakeFirst();
  return row?.arn;
}

/** A certificate as its changes need it. */
export interface CertificateState extends Pick<Row, Exclude<StateColumn, "names">> {
  readonly names: readonly DomainName[];
}

/**
 * Reads a certificate and keeps everybody else from changing it until this transaction ends: whoever changes what
 * belongs to a certificate (status, versions, associations, tags) holds it first, so they come one after the other.
 */
export async function holdCertificate(tx: Tx, arn: CertificateArn): Promise<CertificateState | undefined> {
  const [row] = await hold(tx, arn);
  return row && state(row);
}

const hold = prepared((db, arn: CertificateArn) =>
  db
    .updateTable("certificates")
    .set((own) => ({ generation: own.ref("generation") }))
    .where("arn", "=", arn)
    .returning(STATE),
);

/** The same without holding it. */
export async function readCertificateState(db: Db, arn: CertificateArn): Promise<CertificateState | undefined> {
  const row = await db.selectFrom("certificates").select(STATE).where("arn", "=", arn).executeTakeFirst();
  return row && state(row);
}

/** What is decided from: the state, who uses it, and the proofs of the present attempt. Undefined when it is gone. */
export async function readFacts(db: Db, arn: CertificateArn): Promise<CertificateFacts | undefined> {
  const row = await db
    .selectFrom("certificates")
    .select([
      "status",
      "type",
      "keyPairOrigin",
      "renewAt",
      "orderedAt",
      "createdAt",
      "notBefore",
      "notAfter",
      "issuedAt",
      "exportedAt",
    ])
    .select(["renewal", "renewalStartedAt", "migration", "migrationStartedAt"])
    .select((own) =>
      own
        .exists(own.selectFrom("certificateAssociations").select("resourceArn").where("certificateArn", "=", arn))
        .as("inUse"),
    )
    .where("arn", "=", arn)
    .executeTakeFirst();
  if (!row) return undefined;
  const present = row.status === "PENDING_VALIDATION" ? "ISSUE" : "RENEWAL";
  const domains = await db
    .selectFrom("domainValidations")
    .select(["purpose", "position", "status", "checkAt"])
    .where("certificateArn", "=", arn)
    .where("purpose", "in", [present, "MIGRATION"])
    .orderBy("position")
    .execute();
  return {
    status: row.status,
    managed: row.keyPairOrigin === "AWS_MANAGED",
    ...(row.keyPairOrigin === "ACME" && row.notAfter !== null ? { forgetAt: new Date(row.notAfter + YEAR) } : {}),
    requestedAt: new Date(row.createdAt),
    inUse: Boolean(row.inUse) || row.exportedAt !== null,
    ordered: row.orderedAt !== null,
    spread: spreadOf(arn),
    renewal: row.renewal,
    ...(row.notBefore === null || row.notAfter === null
      ? {}
      : {
          validity: {
            notBefore: new Date(row.notBefore),
            notAfter: new Date(row.notAfter),
            issuedAt: row.issuedAt === null ? undefined : new Date(row.issuedAt),
            isPrivate: row.type === "PRIVATE",
          },
        }),
    ...(row.renewAt === null ? {} : { renewAt: new Date(row.renewAt) }),
    ...(row.renewalStartedAt === null ? {} : { renewalStartedAt: new Date(row.renewalStartedAt) }),
    domains: proofs(domains, present),
    ...(row.migration === "PENDING_DOMAIN_VALIDATION"
      ? { migration: { startedAt: new Date(row.migrationStartedAt ?? 0), domains: proofs(domains, "MIGRATION") } }
      : {}),
  };
}

function proofs(rows: readonly ProofRow[], wanted: ProofRow["purpose"]): readonly DomainFacts[] {
  return rows
    .filter(({ purpose }) => purpose === wanted)
    .map(({ position, status, checkAt }) => ({
      position,
      proven: status === "SUCCESS",
      checkAt: new Date(checkAt),
    }));
}

type ProofRow = Pick<Selectable<CertificateTables["domainValidations"]>, "purpose" | "position" | "status" | "checkAt">;

/** What a certificate must still be for a change to be made. */
export interface Expected {
  readonly status: CertificateStatus;
  readonly renewal: RenewalStatus;
  readonly generation: number;
}

export type CertificateChange = Omit<Updateable<CertificateTables["certificates"]>, "names"> & {
  readonly names?: readonly DomainName[];
};

/** Changes a certificate that is as expected; false means that somebody else did meanwhile: look again. */
export async function changeCertificate(
  tx: Tx,
  arn: CertificateArn,
  expected: Expected,
  { names, ...change }: CertificateChange,
): Promise<boolean> {
  const { status, renewal, generation } = expected;
  const row = await tx
    .updateTable("certificates")
    .set(names ? { ...change, names: JSON.stringify(names) } : change)
    .where("arn", "=", arn)
    .where("status", "=", status)
    .where("renewal", "=", renewal)
    .where("generation", "=", generation)
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps in words why the last try for the version after `generation` came to nothing; it will be tried again. */
export async function recordTrouble(
  db: Db,
  arn: CertificateArn,
  generation: number,
  trouble: string,
  reason: FailureReason = "OTHER",
): Promise<void> {
  const renewalReason = sql<FailureReason | null>`case when renewal = 'NONE' then null else ${reason} end`;
  await db
    .updateTable("certificates")
    .set({ trouble, renewalReason })
    .where("arn", "=", arn)
    .where("generation", "=", generation)
    .execute();
}

/** Notes when its CA wants the version in force to be renewed; false when another version is. */
export async function recordRenewalTime(
  tx: Tx,
  arn: CertificateArn,
  generation: number,
  renewAt: EpochMillis,
): Promise<boolean> {
  const row = await tx
    .updateTable("certificates")
    .set({ renewAt })
    .where("arn", "=", arn)
    .where("generation", "=", generation)
    .returning("arn")
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes a certificate with its keys, proofs, tags and ACME orders. The database refuses while somebody uses it. */
export async function deleteCertificateRow(tx: Tx, arn: CertificateArn): Promise<void> {
  await tx.deleteFrom("acmeOrders").where("certificateArn", "=", arn).execute();
  await tx.deleteFrom("acmeCertificates").where("certificateArn", "=", arn).execute();
  await tx.deleteFrom("certificates").where("arn", "=", arn).execute();
}

/** https://docs.aws.amazon.com/acm/latest/userguide/acme-endpoints.html: removed a year after their end. */
const YEAR: EpochMillis = 365 * DAY;

const STATE = [
  "arn",
  "account",
  "region",
  "createdAt",
  "type",
  "keyPairOrigin",
  "authority",
  "certificateAuthorityArn",
  "requestedBy",
  "status",
  "renewal",
  "renewalStartedAt",
  "migration",
  "generation",
  "keyAlgorithm",
  "domainName",
  "names",
  "validationMethod",
  "exportOption",
  "exportedAt",
  "notAfter",
] as const;

type StateColumn = (typeof STATE)[number];
type Row = Selectable<CertificateTables["certificates"]>;

function state({ names, ...row }: Pick<Row, StateColumn>): CertificateState {
  return { ...row, names: JSON.parse(names) as readonly DomainName[] };
}
