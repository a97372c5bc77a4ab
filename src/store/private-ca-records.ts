import type { Insertable, Selectable } from "kysely";
import type { Tag } from "#domain/certificate/tags.ts";
import type { NewResponder, ResponderRow } from "./issuers.ts";
import type { Db, Tx } from "./store.ts";
import type { PrivateCaTables } from "./tables/private-ca.ts";

// What belongs to a private CA beside its certificates: responders, tags, permissions and audit reports.

export type PermissionRow = Selectable<PrivateCaTables["privateCaPermissions"]>;
export type ReportRow = Selectable<PrivateCaTables["privateCaReports"]>;

/** The newest OCSP responder of a CA. */
export async function findPrivateResponder(db: Db, issuerId: string): Promise<ResponderRow | undefined> {
  return await db
    .selectFrom("privateCaResponders")
    .select(["issuerId", "number", "serial", "certificate", "sealedKey", "notBefore", "notAfter"])
    .where("issuerId", "=", issuerId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Adds a responder; false when another node added one of this number a moment before, which then stays. */
export async function insertPrivateResponder(db: Db, responder: NewResponder): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("privateCaResponders")
    .values(responder)
    .onConflict((conflict) => conflict.columns(["issuerId", "number"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Deletes the responders of a CA before this number, with their keys. Answers their numbers. */
export async function deletePrivateRespondersBefore(
  tx: Tx,
  issuerId: string,
  number: number,
): Promise<readonly number[]> {
  const rows = await tx
    .deleteFrom("privateCaResponders")
    .where("issuerId", "=", issuerId)
    .where("number", "<", number)
    .returning("number")
    .execute();
  return rows.map((row) => row.number);
}

/** The tags of a CA in the order in which they were given. */
export async function readCaTags(db: Db, caId: string): Promise<Tag[]> {
  const rows = await db
    .selectFrom("privateCaTags")
    .select(["tagKey", "tagValue"])
    .where("caId", "=", caId)
    .orderBy("position")
    .execute();
  return rows.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue ?? undefined }));
}

/** Replaces the tags of a CA. Hold the CA first. */
export async function writeCaTags(tx: Tx, caId: string, tags: readonly Tag[]): Promise<void> {
  await tx.deleteFrom("privateCaTags").where("caId", "=", caId).execute();
  if (tags.length === 0) return;
  await tx
    .insertInto("privateCaTags")
    .values(tags.map(({ key, value }, position) => ({ caId, tagKey: key, tagValue: value ?? null, position })))
    .execute();
}

/** False when this principal has a permission of this account already. */
export async function insertPermission(
  tx: Tx,
  permission: Insertable<PrivateCaTables["privateCaPermissions"]>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("privateCaPermissions")
    .values(permission)
    .onConflict((conflict) => conflict.columns(["caId", "principal", "sourceAccount"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** All permissions of a CA: one for each principal and account. */
export function listPermissionRows(db: Db, caId: string): Promise<PermissionRow[]> {
  return db
    .selectFrom("privateCaPermissions")
    .select(["caId", "principal", "sourceAccount", "actions", "createdAt"])
    .where("caId", "=", caId)
    .orderBy("principal")
    .orderBy("sourceAccount")
    .execute();
}

/** False when there was none. */
export async function deletePermissionRow(
  tx: Tx,
  caId: string,
  principal: string,
  sourceAccount: string,
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("privateCaPermissions")
    .where("caId", "=", caId)
    .where("principal", "=", principal)
    .where("sourceAccount", "=", sourceAccount)
    .executeTakeFirstOrThrow();
  return numDeletedRows === 1n;
}

export async function insertReport(tx: Tx, report: Insertable<PrivateCaTables["privateCaReports"]>): Promise<void> {
  await tx.insertInto("privateCaReports").values(report).execute();
}

export async function findReport(db: Db, id: string): Promise<ReportRow | undefined> {
  return await db
    .selectFrom("privateCaReports")
    .select(["id", "caId", "bucket", "key", "format", "status", "createdAt"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Ends the making of a report. */
export async function endReport(db: Db, id: string, status: "SUCCESS" | "FAILED"): Promise<void> {
  await db
    .updateTable("privateCaReports")
    .set({ status })
    .where("id", "=", id)
    .where("status", "=", "CREATING")
    .execute();
}
