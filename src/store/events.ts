import { type Insertable, sql } from "kysely";
import type { Owner } from "#domain/names.ts";
import { prepared, preparedInsert } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EventTables } from "./tables/events.ts";
import type { EpochMillis } from "./tables/types.ts";

export type NewEventRow = Omit<Insertable<EventTables["events"]>, "position">;

/** An event as it is kept. Positions grow with time; those of one lane are in the order in which things happened. */
export interface StoredEvent extends Owner {
  readonly position: number;
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly lane: string;
  readonly at: EpochMillis;
  /** JSON. */
  readonly body: string;
}

/** A place in the order of time. */
export interface EventPlace {
  readonly at: EpochMillis;
  readonly position: number;
}

export async function insertEvent(tx: Tx, event: NewEventRow): Promise<void> {
  await insertRow(tx, event);
}

const insertRow = preparedInsert("events", [
  "id",
  "account",
  "region",
  "source",
  "detailType",
  "lane",
  "at",
  "body",
  "routed",
]);

/** Whether anybody might want an event of this owner: without, there is nothing to decide. */
export async function isAnybodyListening(db: Db, { account, region }: Owner): Promise<boolean> {
  const [row] = await listening(db, account, region);
  return Boolean(row?.listening);
}

const listening = prepared((db, account: Owner["account"], region: Owner["region"]) =>
  db.selectNoFrom((own) =>
    own
      .or([
        own.exists(own.selectFrom("eventSubscribers").select("target")),
        own.exists(
          own.selectFrom("eventRules").select("name").where("account", "=", account).where("region", "=", region),
        ),
      ])
      .as("listening"),
  ),
);

/** The events of a lane of which was not decided yet who is to have them, in their order. */
export function unroutedEvents(db: Db, lane: string, limit: number): Promise<StoredEvent[]> {
  return db
    .selectFrom("events")
    .select(EVENT)
    .where("lane", "=", lane)
    .where("routed", "=", sql.lit(0)) // a literal: the index holds these only
    .orderBy("position")
    .limit(limit)
    .execute();
}

/** False when it was routed already. */
export async function markRouted(tx: Tx, position: number): Promise<boolean> {
  const row = await tx
    .updateTable("events")
    .set({ routed: 1 })
    .where("position", "=", position)
    .where("routed", "=", 0)
    .returning("position")
    .executeTakeFirst();
  return row !== undefined;
}

/** Events in the order of time, from behind `after` and up to `until`; of everybody where no owner is given. */
export function eventsAfter(
  db: Db,
  after: EventPlace,
  until: EpochMillis,
  limit: number,
  owner?: Owner,
): Promise<StoredEvent[]> {
  return db
    .selectFrom("events")
    .select(EVENT)
    .where((row) => row(row.refTuple("at", "position"), ">", row.tuple(after.at, after.position)))
    .where("at", "<=", until)
    .where((row) =>
      owner ? row.and([row("account", "=", owner.account), row("region", "=", owner.region)]) : row.lit(true),
    )
    .orderBy("at")
    .orderBy("position")
    .limit(limit)
    .execute();
}

/** Forgets the oldest events from before a time, with what is left of their deliveries; answers how many. */
export async function deleteEventsBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("events")
    .where("position", "in", (query) =>
      query
        .selectFrom("events")
        .select("position")
        .where("at", "<", before)
        .orderBy("at")
        .orderBy("position")
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

const EVENT = ["position", "id", "account", "region", "source", "detailType", "lane", "at", "body"] as const;
