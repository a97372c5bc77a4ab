import { REVOCATION_REASONS } from "#ca/revocation.ts";
import type { Caller } from "#domain/names.ts";
import { issuedArn, type PrivateCaArn } from "#domain/private-ca/arns.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { templateArn } from "#domain/private-ca/templates.ts";
import { Refusal } from "#domain/refusal.ts";
import { putJob } from "#store/jobs.ts";
import { type IssuedRow, pageIssued } from "#store/private-ca-certificates.ts";
import { endReport, findReport, insertReport } from "#store/private-ca-records.ts";
import { findPrivateCa } from "#store/private-cas.ts";
import type { Store } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf, findAuthority } from "./find.ts";

/** Writes an object where S3 would: all of it or nothing. `bucket` and `key` are checked by whoever calls. */
export type ObjectWriter = (bucket: string, key: string, content: AsyncIterable<string | Uint8Array>) => Promise<void>;

/** The task of the job that writes an audit report; its subject is the report's id. */
export const REPORT_TASK = "private-ca.report";

export type ReportFormat = "JSON" | "CSV";

/** Promises a report on everything that a CA issued and revoked. Throws `private-ca-args-invalid` and the state. */
export async function createReport(
  request: { readonly authorityArn: string; readonly bucket: string; readonly format: ReportFormat },
  caller: Caller,
  { store, clock, ids }: Pick<PrivateCaDeps, "store" | "clock" | "ids">,
): Promise<{ readonly id: string; readonly key: string }> {
  const { bucket, format } = request;
  if (!BUCKET.test(bucket) || bucket.includes("..")) {
    throw new Refusal("private-ca-args-invalid", `${bucket} is not the name of an S3 bucket.`);
  }
  return await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await findAuthority(tx, request.authorityArn, caller, { clock });
    checkState("audit", arn, status);
    const id = ids.uuid();
    const key = `audit-report/${ca.id}/${id}.${format.toLowerCase()}`;
    const createdAt = clock.now();
    await insertReport(tx, {
      id,
      caId: ca.id,
      bucket,
      key,
      format,
      status: "CREATING",
      createdAt: createdAt.getTime(),
    });
    await putJob(tx, REPORT_TASK, id, createdAt.getTime());
    return { id, key };
  });
}

/** How far a report is, and where. */
export interface ReportDescription {
  readonly status: "CREATING" | "SUCCESS" | "FAILED";
  readonly bucket: string;
  readonly key: string;
  readonly createdAt: Date;
}

/** Throws `private-ca-not-found` for a report of another CA, or none. */
export async function describeReport(
  authorityArn: string,
  id: string,
  caller: Caller,
  deps: Pick<PrivateCaDeps, "store" | "clock">,
): Promise<ReportDescription> {
  const { ca, arn } = await findAuthority(deps.store, authorityArn, caller, deps);
  const report = await findReport(deps.store, id);
  if (report?.caId !== ca.id) throw new Refusal("private-ca-not-found", `Could not find audit report ${id} of ${arn}.`);
  return { ...report, createdAt: new Date(report.createdAt) };
}

/** The job: writes the report, however long. One that was killed is written anew; a place that cannot be written to fails. */
export async function reportJob(
  id: string,
  { store, writeObject }: Pick<PrivateCaDeps, "store" | "writeObject">,
): Promise<undefined> {
  const report = await findReport(store, id);
  const ca = report?.status === "CREATING" ? await findPrivateCa(store, report.caId) : undefined;
  if (!report || !ca) return;
  try {
    const lines = entries(arnOf(ca), ca.account, ca.id, store);
    await writeObject(report.bucket, report.key, report.format === "JSON" ? asJson(lines) : asCsv(lines));
    await endReport(store, id, "SUCCESS");
  } catch (error) {
    await endReport(store, id, "FAILED");
    throw error;
  }
}

/** https://docs.aws.amazon.com/privateca/latest/userguide/PcaAuditReport.html: the columns, in AWS's order. */
type Entry = Readonly<Record<(typeof COLUMNS)[number], string | undefined>>;
const COLUMNS = [
  "awsAccountId",
  "requestedByServicePrincipal",
  "certificateArn",
  "serial",
  "subject",
  "notBefore",
  "notAfter",
  "issuedAt",
  "revokedAt",
  "revocationReason",
  "templateArn",
] as const;

async function* entries(arn: PrivateCaArn, account: string, caId: string, store: Store): AsyncGenerator<Entry> {
  let after = "";
  for (;;) {
    const rows = await pageIssued(store, caId, after, AT_ONCE);
    for (const row of rows) if (row.state === "signed") yield entry(arn, account, row);
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return;
    after = last.serial;
  }
}

function entry(arn: PrivateCaArn, account: string, row: IssuedRow): Entry {
  return {
    awsAccountId: account,
    requestedByServicePrincipal: row.requestedBy ?? undefined,
    certificateArn: issuedArn(arn, row.arnId),
    serial: row.serial.replaceAll(/..(?!$)/g, "$&:"),
    subject: row.subject,
    notBefore: time(row.notBefore),
    notAfter: time(row.notAfter),
    issuedAt: time(row.signedAt),
    revokedAt: time(row.revokedAt),
    revocationReason: row.revokedAt === null ? undefined : REASON_NAMES[row.reason ?? 0],
    templateArn: templateArn(row.template),
  };
}

async function* asJson(lines: AsyncIterable<Entry>): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const line of lines) {
    yield `${separator}${JSON.stringify(line)}`;
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

async function* asCsv(lines: AsyncIterable<Entry>): AsyncGenerator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for await (const line of lines) yield `${COLUMNS.map((column) => cell(line[column])).join(",")}\n`;
}

/** RFC 4180: what holds a comma, a quote or a line break stands in quotes. */
function cell(value = ""): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** `2020-03-02T21:43:57+0000` */
function time(millis: number | null): string | undefined {
  return millis === null ? undefined : new Date(millis).toISOString().replace(/\.\d{3}Z$/, "+0000");
}

const AT_ONCE = 500;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** AWS's names of CRLReasons. */
const REASON_NAMES: Readonly<Record<number, string>> = {
  [REVOCATION_REASONS.unspecified]: "UNSPECIFIED",
  [REVOCATION_REASONS.keyCompromise]: "KEY_COMPROMISE",
  [REVOCATION_REASONS.cACompromise]: "CERTIFICATE_AUTHORITY_COMPROMISE",
  [REVOCATION_REASONS.affiliationChanged]: "AFFILIATION_CHANGED",
  [REVOCATION_REASONS.superseded]: "SUPERSEDED",
  [REVOCATION_REASONS.cessationOfOperation]: "CESSATION_OF_OPERATION",
  [REVOCATION_REASONS.privilegeWithdrawn]: "PRIVILEGE_WITHDRAWN",
  [REVOCATION_REASONS.aACompromise]: "A_A_COMPROMISE",
};
