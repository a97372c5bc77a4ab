import type { Selectable } from "kysely";
import type { AccountId } from "#domain/names.ts";
import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import { nameOfKey, type RecordName, sortKey } from "#domain/zones/record-name.ts";
import type { Db, Tx } from "./store.ts";
import type { ZoneTables } from "./tables/zones.ts";

/** Adds a zone; false when its account has used the caller reference already. */
export async function insertZone(tx: Tx, zone: HostedZone): Promise<boolean> {
  const nameKey = sortKey(zone.name);
  // The name's row is taken first, so that nobody hands the name on between our zone's birth and its commit.
  await tx
    .insertInto("zoneNames")
    .values({ nameKey, zoneId: zone.id })
    .onConflict((conflict) =>
      conflict.column("nameKey").doUpdateSet((row) => ({ zoneId: row.ref("zoneNames.zoneId") })),
    )
    .execute();
  const inserted = await tx
    .insertInto("zones")
    .values({
      id: zone.id,
      account: zone.account,
      nameKey,
      callerReference: zone.callerReference,
      comment: zone.comment,
      createdAt: zone.createdAt.getTime(),
      recordSetCount: zone.recordSetCount,
    })
    .onConflict((conflict) => conflict.columns(["account", "callerReference"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function findZone(db: Db, id: string): Promise<HostedZone | undefined> {
  const row = await db.selectFrom("zones").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  return row && zoneOf(row);
}

/** The zone, when it is this account's. */
export async function findZoneOf(db: Db, account: AccountId, id: string): Promise<HostedZone | undefined> {
  const zone = await findZone(db, id);
  return zone?.account === account ? zone : undefined;
}

/** The account's zone, held against every other change of it until the transaction ends. */
export async function holdZone(tx: Tx, account: AccountId, id: string): Promise<HostedZone | undefined> {
  const row = await tx
    .updateTable("zones")
    .set((zone) => ({ recordSetCount: zone.ref("recordSetCount") }))
    .where("id", "=", id)
    .where("account", "=", account)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && zoneOf(row);
}

/** The oldest zone of each of these names that has one. */
export async function eldestZones(db: Db, names: readonly RecordName[]): Promise<readonly HostedZone[]> {
  const rows = await db
    .selectFrom("zoneNames")
    .innerJoin("zones", "zones.id", "zoneNames.zoneId")
    .select(QUALIFIED)
    .where("zoneNames.nameKey", "in", names.map(sortKey))
    .execute();
  return rows.map(zoneOf);
}

/** Zones of an account in the order of their ids, those after `after`. */
export async function zonesById(
  db: Db,
  account: AccountId,
  from: string | undefined,
  limit: number,
): Promise<readonly HostedZone[]> {
  const rows = await db
    .selectFrom("zones")
    .select(COLUMNS)
    .where("account", "=", account)
    .$if(from !== undefined, (query) => query.where("id", ">=", from ?? ""))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(zoneOf);
}

/** Zones of an account in the order of their names, from a name and an id on. */
export async function zonesByName(
  db: Db,
  account: AccountId,
  from: { readonly name: RecordName; readonly id: string } | undefined,
  limit: number,
): Promise<readonly HostedZone[]> {
  const rows = await db
    .selectFrom("zones")
    .select(COLUMNS)
    .where("account", "=", account)
    .$if(from !== undefined, (query) =>
      query.where((row) =>
        row(row.refTuple("nameKey", "id"), ">=", row.tuple(from ? sortKey(from.name) : "", from?.id ?? "")),
      ),
    )
    .orderBy("nameKey")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(zoneOf);
}

export async function countZones(db: Db, account: AccountId): Promise<number> {
  const row = await db
    .selectFrom("zones")
    .select((count) => count.fn.countAll<number>().as("zones"))
    .where("account", "=", account)
    .executeTakeFirstOrThrow();
  return Number(row.zones);
}

export async function setZoneComment(tx: Tx, id: string, comment: string): Promise<void> {
  await tx.updateTable("zones").set({ comment }).where("id", "=", id).execute();
}

export async function addToRecordSetCount(tx: Tx, id: string, by: number): Promise<void> {
  await tx
    .updateTable("zones")
    .set((zone) => ({ recordSetCount: zone("recordSetCount", "+", by) }))
    .where("id", "=", id)
    .execute();
}

/** Removes a held zone with its record sets and tags, and hands its name to the next oldest zone of that name. */
export async function deleteZone(tx: Tx, { id, name }: Pick<HostedZone, "id" | "name">): Promise<void> {
  const nameKey = sortKey(name);
  // Held first: a zone of this name that is being made elsewhere commits before we look, or waits for us.
  const held = await tx
    .updateTable("zoneNames")
    .set((row) => ({ zoneId: row.ref("zoneId") }))
    .where("nameKey", "=", nameKey)
    .returning("zoneId")
    .executeTakeFirst();
  await tx.deleteFrom("recordSets").where("zoneId", "=", id).execute();
  await tx.deleteFrom("zoneTags").where("zoneId", "=", id).execute();
  await tx.deleteFrom("zones").where("id", "=", id).execute();
  if (held?.zoneId !== id) return;
  const heir = await tx
    .selectFrom("zones")
    .select("id")
    .where("nameKey", "=", nameKey)
    .orderBy("createdAt")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (heir) await tx.updateTable("zoneNames").set({ zoneId: heir.id }).where("nameKey", "=", nameKey).execute();
  else await tx.deleteFrom("zoneNames").where("nameKey", "=", nameKey).execute();
}

function zoneOf({ nameKey, account, createdAt, ...row }: Selectable<ZoneTables["zones"]>): HostedZone {
  return { ...row, account: account as AccountId, name: nameOfKey(nameKey), createdAt: new Date(createdAt) };
}

const COLUMNS = ["id", "account", "nameKey", "callerReference", "comment", "createdAt", "recordSetCount"] as const;
const QUALIFIED = [
  "zones.id",
  "zones.account",
  "zones.nameKey",
  "zones.callerReference",
  "zones.comment",
  "zones.createdAt",
  "zones.recordSetCount",
] as const;
