import type { AccountId } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";

/** A batch that was accepted. */
export interface ZoneChange {
  /** `C…`, upper case. */
  readonly id: string;
  readonly account: AccountId;
  readonly zoneId: string;
  readonly comment: string | undefined;
  readonly submittedAt: Date;
}

export async function insertZoneChange(tx: Tx, change: ZoneChange): Promise<void> {
  await tx
    .insertInto("zoneChanges")
    .values({ ...change, comment: change.comment ?? null, submittedAt: change.submittedAt.getTime() })
    .execute();
}

/** The change, when it is this account's. */
export async function findZoneChange(db: Db, account: AccountId, id: string): Promise<ZoneChange | undefined> {
  const row = await db
    .selectFrom("zoneChanges")
    .select(["id", "zoneId", "comment", "submittedAt"])
    .where("id", "=", id)
    .where("account", "=", account)
    .executeTakeFirst();
  return row && { ...row, account, comment: row.comment ?? undefined, submittedAt: new Date(row.submittedAt) };
}
