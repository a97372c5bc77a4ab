import type { Insertable, Selectable, Updateable } from "kysely";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";
import type { UpstreamOrderState, UpstreamTables } from "./tables/upstream.ts";

export type UpstreamOrder = Pick<Row, (typeof ORDER)[number]>;

export interface NewUpstreamOrder
  extends Pick<Insertable<UpstreamTables["upstreamOrders"]>, "id" | "certificateArn" | "generation" | "ca"> {
  readonly attempt: number;
  readonly dueAt: EpochMillis;
  readonly replaces: string | null;
  readonly madeAt: EpochMillis;
}

/** Writes an order down as `new`. False when another one of this certificate and generation is alive. */
export async function insertUpstreamOrder(tx: Tx, order: NewUpstreamOrder): Promise<boolean> {
  const row = await tx
    .insertInto("upstreamOrders")
    .values({ ...order, state: "new", tries: 0, reachedAt: order.madeAt, changedAt: order.madeAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function readUpstreamOrder(db: Db, id: string): Promise<UpstreamOrder | undefined> {
  return await db.selectFrom("upstreamOrders").select(ORDER).where("id", "=", id).executeTakeFirst();
}

/** The orders of one version of a certificate, the oldest first. */
export async function listUpstreamOrders(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<readonly UpstreamOrder[]> {
  return await db
    .selectFrom("upstreamOrders")
    .select(ORDER)
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .orderBy("madeAt")
    .orderBy("id")
    .execute();
}

export type UpstreamOrderChange = Updateable<UpstreamTables["upstreamOrders"]>;

/** Changes an order that is still as it was read: the order as it is now, or undefined: look again. */
export async function changeUpstreamOrder(
  db: Db,
  { id, state, changedAt }: Pick<UpstreamOrder, "id" | "state" | "changedAt">,
  change: UpstreamOrderChange,
  now: EpochMillis,
): Promise<UpstreamOrder | undefined> {
  return await db
    .updateTable("upstreamOrders")
    .set({ ...change, changedAt: Math.max(now, changedAt + 1) })
    .where("id", "=", id)
    .where("state", "=", state)
    .where("changedAt", "=", changedAt)
    .returning(ORDER)
    .executeTakeFirst();
}

/** The finalized order of a version; undefined when there is none. */
export async function findFinalizedOrder(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<UpstreamOrder | undefined> {
  return await db
    .selectFrom("upstreamOrders")
    .select(ORDER)
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "=", "finalized" satisfies UpstreamOrderState)
    .executeTakeFirst();
}

/** Forgets orders of versions before `generation`; those that brought a certificate, when that has expired. */
export async function forgetUpstreamOrders(
  tx: Tx,
  certificateArn: string,
  generation: number,
  now: EpochMillis,
): Promise<void> {
  await tx
    .deleteFrom("upstreamOrders")
    .where("certificateArn", "=", certificateArn)
    .where("generation", "<", generation)
    .where((row) => row.or([row("state", "<>", "finalized"), row("notAfter", "<", now)]))
    .execute();
}

/** Forgets these orders, of which none is alive. */
export async function deleteFailedOrders(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .deleteFrom("upstreamOrders")
    .where("id", "in", [...ids])
    .where("state", "=", "failed")
    .execute();
}

const ORDER = [
  "id",
  "certificateArn",
  "generation",
  "ca",
  "attempt",
  "state",
  "dueAt",
  "tries",
  "orderUrl",
  "finalizeUrl",
  "expiresAt",
  "respondedAt",
  "csr",
  "finalizingAt",
  "replaces",
  "problem",
  "refusal",
  "retryAt",
  "certificate",
  "chain",
  "notAfter",
  "windowStart",
  "windowEnd",
  "renewAt",
  "explanationUrl",
  "madeAt",
  "reachedAt",
  "changedAt",
] as const;

type Row = Selectable<UpstreamTables["upstreamOrders"]>;
