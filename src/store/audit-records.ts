import { type Insertable, sql } from "kysely";
import type { LeafRecord } from "#domain/evidence/leaf.ts";
import { RECORD_COLUMNS } from "./audit-lookups.ts";
import { KEY_USES } from "./migrations/0026-imported-keys.ts";
import { preparedInsert } from "./prepared.ts";
import type { Db } from "./store.ts";
import type { JournalTables } from "./tables/journal.ts";

export type NewAuditRecord = Insertable<JournalTables["auditRecords"]>;

/** Appends records in their order. */
export async function insertAuditRecords(db: Db, records: readonly NewAuditRecord[]): Promise<void> {
  const [only, ...more] = records;
  if (only && more.length === 0) return await insertOne(db, only);
  await db
    .insertInto("auditRecords")
    .values([...records])
    .execute();
}

const insertOne = preparedInsert("auditRecords", [
  "at",
  "account",
  "region",
  "principal",
  "accessKeyId",
  "userName",
  "eventSource",
  "eventName",
  "resource",
  "certificate",
  "grantId",
  "requestId",
  "sourceIp",
  "userAgent",
  "errorCode",
  "errorMessage",
  "detail",
]);

/** One record by its number. */
export async function findRecord(db: Db, id: number): Promise<LeafRecord | undefined> {
  return await db.selectFrom("auditRecords").select(RECORD_COLUMNS).where("id", "=", id).executeTakeFirst();
}

/** Records that are about a resource, or about the key of a certificate, behind one record; oldest first. */
export async function recordsAbout(
  db: Db,
  about: { readonly column: "resource" | "certificate"; readonly value: string },
  after: number,
  limit: number,
): Promise<readonly LeafRecord[]> {
  return await db
    .selectFrom("auditRecords")
    .select(RECORD_COLUMNS)
    .where(`auditRecords.${about.column}`, "=", about.value)
    .where("auditRecords.id", ">", after)
    .orderBy("auditRecords.id")
    .limit(limit)
    .execute();
}

/** What was done with or to one resource, oldest first. */
export function auditRecordsOf(db: Db, resource: string, limit: number): Promise<JournalRow[]> {
  return db
    .selectFrom("auditRecords")
    .select(["id", "at", "principal", "eventSource", "eventName", "resource", "grantId", "requestId", "errorCode"])
    .where("resource", "=", resource)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** One use of a key. */
export interface LastUse {
  readonly operation: string;
  readonly at: Date;
  readonly requestId: string;
}

/** The last use of a key that succeeded, by an index of such uses only. */
export async function findLastUse(db: Db, keyArn: string): Promise<LastUse | undefined> {
  const row = await db
    .selectFrom("auditRecords")
    .select(["eventName", "at", "requestId"])
    .where("resource", "=", keyArn)
    .where(IS_KEY_USE)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { operation: row.eventName, at: new Date(row.at), requestId: row.requestId };
}

/** What the index `audit_records_of_key_uses` is of, word for word: only so do both databases take it. */
const IS_KEY_USE = sql<boolean>`${sql.raw(KEY_USES)}`;

export interface JournalRow {
  readonly id: number;
  readonly at: number;
  readonly principal: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly resource: string | null;
  readonly grantId: string | null;
  readonly requestId: string;
  readonly errorCode: string | null;
}
