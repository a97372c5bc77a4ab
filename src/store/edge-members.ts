import type { Selectable } from "kysely";
import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Db, Tx } from "./store.ts";
import type { EdgeTables } from "./tables/edges.ts";
import type { EpochMillis } from "./tables/types.ts";

export type EdgeMember = Selectable<EdgeTables["edgeMembers"]>;

/** A member with when it was last heard of; null: never. */
export interface SeenMember extends EdgeMember {
  readonly connectedAt: EpochMillis | null;
  readonly seenAt: EpochMillis | null;
}

/** An edge is a member from now on; false when it is one already, and nothing changes. */
export async function insertEdgeMember(tx: Tx, member: EdgeMember): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("edgeMembers")
    .values(member)
    .onConflict((conflict) => conflict.column("edge").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Undefined for an edge that never joined, was removed, or is beside a control plane. */
export function findEdgeMember(db: Db, edge: string): Promise<EdgeMember | undefined> {
  return db.selectFrom("edgeMembers").select(COLUMNS).where("edge", "=", edge).executeTakeFirst();
}

/** Its certificate was renewed. False when it is no member any more. */
export async function renewEdgeMember(
  db: Db,
  edge: string,
  { serial, notAfter }: Pick<EdgeMember, "serial" | "notAfter">,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("edgeMembers")
    .set({ serial, notAfter })
    .where("edge", "=", edge)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Members by name, those after `after`. */
export function listEdgeMembers(db: Db, after: string | undefined, limit: number): Promise<SeenMember[]> {
  return db
    .selectFrom("edgeMembers")
    .leftJoin("edges", "edges.edge", "edgeMembers.edge")
    .select(COLUMNS.map((column) => `edgeMembers.${column}` as const))
    .select(["edges.connectedAt", "edges.seenAt"])
    .where("edgeMembers.edge", ">", after ?? "")
    .orderBy("edgeMembers.edge")
    .limit(limit)
    .execute();
}

/** The blocks of addresses that members have. */
export async function listEdgeBlocks(
  db: Db,
): Promise<readonly { readonly edge: string; readonly addresses: string }[]> {
  const rows = await db
    .selectFrom("edgeMembers")
    .select(["edge", "addresses"])
    .where("addresses", "is not", null)
    .execute();
  return rows.map(({ edge, addresses }) => ({ edge, addresses: addresses ?? "" }));
}

/** The load balancers that have addresses at an edge. */
export async function balancersAt(db: Db, edge: string): Promise<readonly LoadBalancerArn[]> {
  const rows = await db.selectFrom("edgeAddresses").select("loadBalancerArn").where("edge", "=", edge).execute();
  return rows.map(({ loadBalancerArn }) => loadBalancerArn as LoadBalancerArn);
}

/** Removes a member with its access key, its addresses and all that it said. False when there is none. */
export async function removeEdgeMember(tx: Tx, edge: string, account: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("edgeMembers").where("edge", "=", edge).executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return false;
  await tx.deleteFrom("accessKeys").where("account", "=", account).where("edge", "=", edge).execute();
  for (const table of SAID) await tx.deleteFrom(table).where("edge", "=", edge).execute();
  return true;
}

const COLUMNS = ["edge", "zone", "addresses", "accessKeyId", "serial", "notAfter", "joinedAt"] as const;
const SAID = ["edges", "edgeListeners", "edgeTargets", "edgeCertificates", "edgeSightings", "edgeRefusals"] as const;
