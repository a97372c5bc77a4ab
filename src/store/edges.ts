import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** An edge as it was last heard of. */
export interface SeenEdge {
  readonly edge: string;
  /** A fresh one for every start of its process. */
  readonly instance: string;
  readonly connectedAt: EpochMillis;
  readonly seenAt: EpochMillis;
  readonly revision: string;
}

/** An edge said hello. */
export async function putEdge(db: Db, edge: SeenEdge): Promise<void> {
  const { instance, connectedAt, seenAt, revision } = edge;
  await db
    .insertInto("edges")
    .values(edge)
    .onConflict((conflict) => conflict.column("edge").doUpdateSet({ instance, connectedAt, seenAt, revision }))
    .execute();
}

/** An edge is there, and has followed the changes up to `revision`. */
export async function seeEdge(db: Db, edge: string, seenAt: EpochMillis, revision: string): Promise<void> {
  await db.updateTable("edges").set({ seenAt, revision }).where("edge", "=", edge).execute();
}

/** Whether an edge said hello at that time or later. */
export async function isSeenSince(db: Db, edge: string, since: EpochMillis): Promise<boolean> {
  const row = await db
    .selectFrom("edges")
    .select("edge")
    .where("edge", "=", edge)
    .where("connectedAt", ">=", since)
    .executeTakeFirst();
  return row !== undefined;
}

/** Every edge that ever said hello, by name. */
export function listEdges(db: Db): Promise<SeenEdge[]> {
  return db
    .selectFrom("edges")
    .select(["edge", "instance", "connectedAt", "seenAt", "revision"])
    .orderBy("edge")
    .execute();
}
