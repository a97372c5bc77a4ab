import type { AccountId, Owner, Region } from "#domain/names.ts";
import type { Route, RouteTable, RouteTableAssociation } from "#domain/network/routing.ts";
import { type OwnedPage, ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";

export async function insertRouteTable(tx: Tx, table: RouteTable): Promise<void> {
  await tx.insertInto("routeTables").values(table).execute();
}

export async function findRouteTable(db: Db, owner: Owner, id: string): Promise<RouteTable | undefined> {
  const row = await ofOwner(db.selectFrom("routeTables").select(TABLE), owner).where("id", "=", id).executeTakeFirst();
  return row && tableOf(row);
}

/** The route tables of a VPC; there are no more than its quota. */
export async function routeTablesOfVpc(db: Db, vpcId: string): Promise<RouteTable[]> {
  const rows = await db.selectFrom("routeTables").select(TABLE).where("vpcId", "=", vpcId).orderBy("id").execute();
  return rows.map(tableOf);
}

/** An owner's route tables by id: those named, those of VPCs, or a page of all. */
export async function listRouteTables(
  db: Db,
  owner: Owner,
  { ids, vpcIds, after, limit }: OwnedPage & { readonly vpcIds?: readonly string[] | undefined },
): Promise<RouteTable[]> {
  const rows = await ofOwner(db.selectFrom("routeTables").select(TABLE), owner)
    .where("id", ">", after)
    .$if(ids !== undefined, (query) => query.where("id", "in", ids ?? []))
    .$if(vpcIds !== undefined, (query) => query.where("vpcId", "in", vpcIds ?? []))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(tableOf);
}

/** Removes a route table with its routes; it may have no associations. */
export async function removeRouteTable(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("routeTables").where("id", "=", id).execute();
}

/** Whether the route is now there; false when the table has one for that destination. */
export async function insertRoute(tx: Tx, routeTableId: string, route: Route): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("routes")
    .values({ ...route, routeTableId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function setRouteTarget(
  tx: Tx,
  routeTableId: string,
  { destination, targetKind, target }: Pick<Route, "destination" | "targetKind" | "target">,
): Promise<void> {
  await tx
    .updateTable("routes")
    .set({ targetKind, target })
    .where("routeTableId", "=", routeTableId)
    .where("destination", "=", destination)
    .execute();
}

export async function removeRoute(tx: Tx, routeTableId: string, destination: string): Promise<void> {
  await tx
    .deleteFrom("routes")
    .where("routeTableId", "=", routeTableId)
    .where("destination", "=", destination)
    .execute();
}

/** The routes of tables, by table and destination; there are no more in each than its quota. */
export async function routesOf(
  db: Db,
  routeTableIds: readonly string[],
): Promise<readonly (Route & { readonly routeTableId: string })[]> {
  if (routeTableIds.length === 0) return [];
  const rows = await db
    .selectFrom("routes")
    .select(["routeTableId", "destination", "targetKind", "target", "origin"])
    .where("routeTableId", "in", routeTableIds)
    .orderBy("routeTableId")
    .orderBy("destination")
    .execute();
  return rows.map((row) => ({
    ...row,
    targetKind: row.targetKind as Route["targetKind"],
    origin: row.origin as Route["origin"],
  }));
}

export async function insertAssociation(tx: Tx, association: RouteTableAssociation): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("routeTableAssociations")
    .values({ ...association, subnetId: association.subnetId ?? null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findAssociation(db: Db, id: string): Promise<RouteTableAssociation | undefined> {
  const row = await db.selectFrom("routeTableAssociations").select(ASSOCIATION).where("id", "=", id).executeTakeFirst();
  return row && associationOf(row);
}

/** The association of a subnet with a table of its own. */
export async function associationOfSubnet(db: Db, subnetId: string): Promise<RouteTableAssociation | undefined> {
  const row = await db
    .selectFrom("routeTableAssociations")
    .select(ASSOCIATION)
    .where("subnetId", "=", subnetId)
    .executeTakeFirst();
  return row && associationOf(row);
}

/** The associations of tables, the main one included. */
export async function associationsOf(db: Db, routeTableIds: readonly string[]): Promise<RouteTableAssociation[]> {
  if (routeTableIds.length === 0) return [];
  const rows = await db
    .selectFrom("routeTableAssociations")
    .select(ASSOCIATION)
    .where("routeTableId", "in", routeTableIds)
    .orderBy("routeTableId")
    .orderBy("id")
    .execute();
  return rows.map(associationOf);
}

/** Gives an association another table, under another id. */
export async function moveAssociation(tx: Tx, id: string, to: { id: string; routeTableId: string }): Promise<void> {
  await tx.updateTable("routeTableAssociations").set(to).where("id", "=", id).execute();
}

export async function removeAssociation(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("routeTableAssociations").where("id", "=", id).execute();
}

const TABLE = ["id", "account", "region", "vpcId"] as const;
const ASSOCIATION = ["id", "routeTableId", "vpcId", "subnetId"] as const;

function tableOf(row: Record<(typeof TABLE)[number], string>): RouteTable {
  return { ...row, account: row.account as AccountId, region: row.region as Region };
}

function associationOf(row: {
  readonly id: string;
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly subnetId: string | null;
}): RouteTableAssociation {
  return { ...row, subnetId: row.subnetId ?? undefined };
}
