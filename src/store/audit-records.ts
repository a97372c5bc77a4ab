import type { Insertable } from "kysely";
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
  "eventSource",
  "eventName",
  "resource",
  "grantId",
  "requestId",
  "errorCode",
  "errorMessage",
]);

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
