import { isEvent, type LeafRecord } from "#domain/evidence/leaf.ts";
import type { Owner } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** By what events are found at once; `time` finds all of them. */
export type LookupAttribute = "time" | "EventName" | "Username" | "AccessKeyId" | "ResourceName";

/** Makes records findable as CloudTrail's events. */
export async function insertLookups(tx: Tx, records: readonly LeafRecord[]): Promise<void> {
  const rows = records.filter(isEvent).flatMap(({ id, at, account, region, ...record }) => {
    const row = (attribute: LookupAttribute, value: string | null) =>
      value === null || (value === "" && attribute !== "time") || value.length > LONGEST_VALUE
        ? []
        : [{ account, region, attribute, value, at, recordId: id }];
    return [
      ...row("time", ""),
      ...row("EventName", record.eventName),
      ...row("Username", record.userName),
      ...row("AccessKeyId", record.accessKeyId),
      ...row("ResourceName", record.resource),
    ];
  });
  if (rows.length > 0) await tx.insertInto("auditLookups").values(rows).execute();
}

/** Where a page of events ended: the last event that was looked at. */
export interface LookupPlace {
  readonly at: EpochMillis;
  readonly recordId: number;
}

/** Events of an account in a region, newest first, at or after `from` and before the place. */
export async function lookUpRecords(
  db: Db,
  { account, region }: Owner,
  by: { readonly attribute: LookupAttribute; readonly value: string },
  { from, before, limit }: { readonly from: EpochMillis; readonly before: LookupPlace; readonly limit: number },
): Promise<readonly LeafRecord[]> {
  return await db
    .selectFrom("auditLookups")
    .innerJoin("auditRecords", "auditRecords.id", "auditLookups.recordId")
    .select(RECORD_COLUMNS)
    .where("auditLookups.account", "=", account)
    .where("auditLookups.region", "=", region)
    .where("auditLookups.attribute", "=", by.attribute)
    .where("auditLookups.value", "=", by.value)
    .where("auditLookups.at", ">=", from)
    .where((row) =>
      row(row.refTuple("auditLookups.at", "auditLookups.recordId"), "<", row.tuple(before.at, before.recordId)),
    )
    .orderBy("auditLookups.at", "desc")
    .orderBy("auditLookups.recordId", "desc")
    .limit(limit)
    .execute();
}

/** Every column of a record. */
export const RECORD_COLUMNS = [
  "auditRecords.id",
  "auditRecords.at",
  "auditRecords.account",
  "auditRecords.region",
  "auditRecords.principal",
  "auditRecords.accessKeyId",
  "auditRecords.userName",
  "auditRecords.eventSource",
  "auditRecords.eventName",
  "auditRecords.resource",
  "auditRecords.certificate",
  "auditRecords.grantId",
  "auditRecords.requestId",
  "auditRecords.sourceIp",
  "auditRecords.userAgent",
  "auditRecords.errorCode",
  "auditRecords.errorMessage",
  "auditRecords.detail",
] as const;

/** An index of PostgreSQL has room for it. */
const LONGEST_VALUE = 512;
