import type { Insertable, Selectable, Updateable } from "kysely";
import type { Owner } from "#domain/names.ts";
import { behind, type NamePage } from "./name-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EventTables, ReplayState } from "./tables/events.ts";
import type { EpochMillis } from "./tables/types.ts";

export type ArchiveRow = Selectable<EventTables["eventArchives"]>;
export type ReplayRow = Selectable<EventTables["eventReplays"]>;

/** Makes an archive; false when there is one of that name. */
export async function insertArchive(tx: Tx, archive: Insertable<EventTables["eventArchives"]>): Promise<boolean> {
  const row = await tx
    .insertInto("eventArchives")
    .values(archive)
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export function findArchive(db: Db, { account, region }: Owner, name: string): Promise<ArchiveRow | undefined> {
  return db
    .selectFrom("eventArchives")
    .select(ARCHIVE)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .executeTakeFirst();
}

export function changeArchive(
  tx: Tx,
  { account, region }: Owner,
  name: string,
  change: Updateable<EventTables["eventArchives"]>,
): Promise<ArchiveRow | undefined> {
  return tx
    .updateTable("eventArchives")
    .set(change)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning(ARCHIVE)
    .executeTakeFirst();
}

/** False when there was none of that name. */
export async function deleteArchiveRow(tx: Tx, { account, region }: Owner, name: string): Promise<boolean> {
  const row = await tx
    .deleteFrom("eventArchives")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export function pageArchives(db: Db, { account, region }: Owner, page: NamePage): Promise<ArchiveRow[]> {
  return db
    .selectFrom("eventArchives")
    .select(ARCHIVE)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", ">", page.after)
    .where("name", ">=", page.prefix)
    .where("name", "<", behind(page.prefix))
    .orderBy("name")
    .limit(page.limit)
    .execute();
}

/** How many of an owner's replays have not ended. */
export async function countRunningReplays(db: Db, { account, region }: Owner): Promise<number> {
  const { count } = await db
    .selectFrom("eventReplays")
    .select((row) => row.fn.countAll<number | string>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .where("state", "in", ["STARTING", "RUNNING"])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Begins a replay; false when there is one of that name. */
export async function insertReplay(tx: Tx, replay: Insertable<EventTables["eventReplays"]>): Promise<boolean> {
  const row = await tx
    .insertInto("eventReplays")
    .values(replay)
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export function findReplay(db: Db, { account, region }: Owner, name: string): Promise<ReplayRow | undefined> {
  return db
    .selectFrom("eventReplays")
    .select(REPLAY)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .executeTakeFirst();
}

/** Changes a replay that is in one of these states and answers it; undefined when it is not. */
export function changeReplay(
  tx: Tx,
  { account, region }: Owner,
  name: string,
  from: readonly ReplayState[],
  change: Updateable<EventTables["eventReplays"]>,
): Promise<ReplayRow | undefined> {
  return tx
    .updateTable("eventReplays")
    .set(change)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .where("state", "in", [...from])
    .returning(REPLAY)
    .executeTakeFirst();
}

export function pageReplays(
  db: Db,
  { account, region }: Owner,
  page: NamePage,
  { state, archive }: { readonly state: ReplayState | undefined; readonly archive: string | undefined },
): Promise<ReplayRow[]> {
  return db
    .selectFrom("eventReplays")
    .select(REPLAY)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", ">", page.after)
    .where("name", ">=", page.prefix)
    .where("name", "<", behind(page.prefix))
    .where((row) => (state === undefined ? row.lit(true) : row("state", "=", state)))
    .where((row) => (archive === undefined ? row.lit(true) : row("archive", "=", archive)))
    .orderBy("name")
    .limit(page.limit)
    .execute();
}

/** Forgets replays that ended before a time; answers how many. */
export async function deleteReplaysBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const gone = await db
    .selectFrom("eventReplays")
    .select(["account", "region", "name"])
    .where("endedAt", "<", before)
    .limit(limit)
    .execute();
  for (const { account, region, name } of gone) {
    await db
      .deleteFrom("eventReplays")
      .where("account", "=", account)
      .where("region", "=", region)
      .where("name", "=", name)
      .execute();
  }
  return gone.length;
}

const ARCHIVE = ["account", "region", "name", "pattern", "description", "retentionDays", "createdAt"] as const;
const REPLAY = [
  "account",
  "region",
  "name",
  "archive",
  "description",
  "fromTime",
  "toTime",
  "rules",
  "state",
  "stateReason",
  "reachedAt",
  "reached",
  "startedAt",
  "endedAt",
] as const;
