import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Which event is to reach whom. */
export interface DeliveryKey {
  readonly target: string;
  readonly lane: string;
  readonly position: number;
}

/** An event that somebody is still to have. */
export interface Delivery extends DeliveryKey {
  readonly replay: string;
  readonly attempts: number;
  readonly since: EpochMillis;
  readonly nextAt: EpochMillis;
  /** The event: JSON, its id, and when it came in. */
  readonly body: string;
  readonly id: string;
  readonly at: EpochMillis;
}

/** Notes that a target is to have an event; once is enough. */
export async function insertDelivery(
  tx: Tx,
  { target, lane, position }: DeliveryKey,
  since: EpochMillis,
  replay: string,
): Promise<void> {
  await tx
    .insertInto("eventDeliveries")
    .values({ target, lane, position, replay, state: "PENDING", attempts: 0, since, nextAt: since, lastError: null })
    .onConflict((conflict) => conflict.columns(["target", "lane", "position"]).doNothing())
    .execute();
}

/** The first event of a lane that a target has not had; undefined when it has had all. */
export function firstDelivery(db: Db, target: string, lane: string): Promise<Delivery | undefined> {
  return db
    .selectFrom("eventDeliveries")
    .innerJoin("events", "events.position", "eventDeliveries.position")
    .select(["target", "eventDeliveries.lane", "eventDeliveries.position", "replay", "attempts", "since", "nextAt"])
    .select(["body", "events.id", "events.at"])
    .where("target", "=", target)
    .where("eventDeliveries.lane", "=", lane)
    .where("state", "=", "PENDING")
    .orderBy("eventDeliveries.position")
    .limit(1)
    .executeTakeFirst();
}

/** Keeps a delivery for whoever tries it now, until `until`; false when somebody else has it, or it is done. */
export async function claimDelivery(
  db: Db,
  { target, lane, position, nextAt }: DeliveryKey & Pick<Delivery, "nextAt">,
  until: EpochMillis,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("eventDeliveries")
    .set({ nextAt: until })
    .where("target", "=", target)
    .where("lane", "=", lane)
    .where("position", "=", position)
    .where("state", "=", "PENDING")
    .where("nextAt", "=", nextAt)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** It was taken. */
export async function deleteDelivery(db: Db, { target, lane, position }: DeliveryKey): Promise<void> {
  await db
    .deleteFrom("eventDeliveries")
    .where("target", "=", target)
    .where("lane", "=", lane)
    .where("position", "=", position)
    .execute();
}

/** It was not taken: it is tried again at `nextAt`, or never where that is undefined. */
export async function recordFailedDelivery(
  db: Db,
  { target, lane, position }: DeliveryKey,
  failure: { readonly attempts: number; readonly nextAt: EpochMillis | undefined; readonly lastError: string },
): Promise<void> {
  const { attempts, nextAt, lastError } = failure;
  await db
    .updateTable("eventDeliveries")
    .set({ attempts, lastError, ...(nextAt === undefined ? { state: "DEAD" as const } : { nextAt }) })
    .where("target", "=", target)
    .where("lane", "=", lane)
    .where("position", "=", position)
    .execute();
}

/** Nobody will ask for what a target still was to have. */
export async function deleteDeliveriesTo(tx: Tx, target: string): Promise<void> {
  await tx.deleteFrom("eventDeliveries").where("target", "=", target).execute();
}

/** Deliveries in a state, in the order of their events, with what they are about. */
export function pageDeliveries(
  db: Db,
  state: "PENDING" | "DEAD",
  after: { readonly position: number; readonly target: string },
  limit: number,
): Promise<
  (DeliveryKey & {
    readonly state: "PENDING" | "DEAD";
    readonly attempts: number;
    readonly nextAt: EpochMillis;
    readonly lastError: string | null;
    readonly detailType: string;
    readonly id: string;
    readonly at: EpochMillis;
  })[]
> {
  return db
    .selectFrom("eventDeliveries")
    .innerJoin("events", "events.position", "eventDeliveries.position")
    .select(["target", "eventDeliveries.lane", "eventDeliveries.position", "state", "attempts", "nextAt", "lastError"])
    .select(["detailType", "events.id", "events.at"])
    .where("state", "=", state)
    .where((row) =>
      row(
        row.refTuple("eventDeliveries.position", "eventDeliveries.target"),
        ">",
        row.tuple(after.position, after.target),
      ),
    )
    .orderBy("eventDeliveries.position")
    .orderBy("target")
    .limit(limit)
    .execute();
}

/** Brings a delivery that was given up back to life; false when it is not dead. */
export async function reviveDelivery(tx: Tx, key: DeliveryKey, now: EpochMillis): Promise<boolean> {
  const row = await tx
    .updateTable("eventDeliveries")
    .set({ state: "PENDING", attempts: 0, since: now, nextAt: now })
    .where("target", "=", key.target)
    .where("lane", "=", key.lane)
    .where("position", "=", key.position)
    .where("state", "=", "DEAD")
    .returning("target")
    .executeTakeFirst();
  return row !== undefined;
}

/** How many deliveries wait, and how many were given up. */
export async function countDeliveries(db: Db): Promise<Readonly<Record<"PENDING" | "DEAD", number>>> {
  const rows = await db
    .selectFrom("eventDeliveries")
    .select((own) => ["state" as const, own.fn.countAll<number | string>().as("count")])
    .groupBy("state")
    .execute();
  const count = (state: "PENDING" | "DEAD"): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
  return { PENDING: count("PENDING"), DEAD: count("DEAD") };
}

/** Who has every event, by the settings. */
export async function readSubscribers(db: Db): Promise<readonly string[]> {
  const rows = await db.selectFrom("eventSubscribers").select("target").orderBy("target").execute();
  return rows.map(({ target }) => target);
}

/** From now on these have every event, and nobody else. Several nodes may say so at once. */
export async function replaceSubscribers(tx: Tx, targets: readonly string[]): Promise<void> {
  await tx
    .deleteFrom("eventSubscribers")
    .where((row) => (targets.length > 0 ? row("target", "not in", [...targets]) : row.lit(true)))
    .execute();
  for (const target of targets) {
    await tx
      .insertInto("eventSubscribers")
      .values({ target })
      .onConflict((conflict) => conflict.column("target").doNothing())
      .execute();
  }
}
