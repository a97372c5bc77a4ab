import { sql } from "kysely";
import { LEAF_FORM, LEAF_MEMBERS } from "#domain/evidence/leaf.ts";
import { type Db, isEmbedded } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A leaf with the text of its record (domain/evidence/leaf.ts), made by the database; null where the record is gone. */
export interface LeafRow {
  readonly leafIndex: number;
  readonly entry: string | null;
}

/** Leaves from a place on, in order. For the whole journal to be read: the database writes the text, nothing converts rows. */
export async function leavesFrom(db: Db, from: number, limit: number): Promise<readonly LeafRow[]> {
  const entry = isEmbedded(db) ? SQLITE_ENTRY : POSTGRES_ENTRY;
  const { rows } = await sql<LeafRow>`
    select l.leaf_index as "leafIndex",
      case when r.id is null then null else ${entry} end as "entry"
    from audit_leaves l left join audit_records r on r.id = l.record_id
    where l.leaf_index >= ${from} order by l.leaf_index limit ${limit}`.execute(db.withoutPlugins());
  return rows;
}

const COLUMNS: readonly string[] = LEAF_MEMBERS.map(
  (member) => `r.${member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
);
/** Both databases escape texts as JSON.stringify does; a test holds them to it. */
const SQLITE_ENTRY = sql.raw(`json_array(${[LEAF_FORM, ...COLUMNS].join(", ")})`);
const POSTGRES_ENTRY = sql.raw(
  `'[' || concat_ws(',', ${[`'${LEAF_FORM}'`, ...COLUMNS.map((column) => `coalesce(to_json(${column})::text, 'null')`)].join(", ")}) || ']'`,
);

/**
 * How many records there are, and how many of them wait for a place in the tree: what stands in line without a record, or
 * for one that has its place, is not counted.
 */
export async function countRecords(db: Db): Promise<{ readonly records: number; readonly waiting: number }> {
  const records = await db
    .selectFrom("auditRecords")
    .select(({ fn }) => fn.countAll<number | bigint | string>().as("count"))
    .executeTakeFirstOrThrow();
  const waiting = await db
    .selectFrom("auditPending as line")
    .select(({ fn }) => fn.countAll<number | bigint | string>().as("count"))
    .where((row) => row.exists(row.selectFrom("auditRecords").select("id").whereRef("id", "=", "line.recordId")))
    .where((row) =>
      row.not(row.exists(row.selectFrom("auditLeaves").select("recordId").whereRef("recordId", "=", "line.recordId"))),
    )
    .executeTakeFirstOrThrow();
  return { records: Number(records.count), waiting: Number(waiting.count) };
}

/** Records that have no place in the tree and do not wait for one: nothing that we write leaves such. */
export async function strayRecords(
  db: Db,
  limit: number,
): Promise<readonly { readonly id: number; readonly at: EpochMillis; readonly eventName: string }[]> {
  return await db
    .selectFrom("auditRecords")
    .select(["id", "at", "eventName"])
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom("auditLeaves")
            .select("recordId")
            .whereRef("recordId", "=", "auditRecords.id")
            .where("leafIndex", ">=", 0), // a place before the first is none
        ),
      ),
    )
    .where((row) =>
      row.not(
        row.exists(row.selectFrom("auditPending").select("recordId").whereRef("recordId", "=", "auditRecords.id")),
      ),
    )
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** What waits for a place, but is not there any more. */
export async function lostPending(db: Db, limit: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("auditPending")
    .select("recordId")
    .where((row) =>
      row.not(row.exists(row.selectFrom("auditRecords").select("id").whereRef("id", "=", "auditPending.recordId"))),
    )
    .orderBy("recordId")
    .limit(limit)
    .execute();
  return rows.map(({ recordId }) => recordId);
}

/** What waits for a place, but has one: nothing that we write leaves such. */
export async function doublePending(db: Db, limit: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("auditPending")
    .select("recordId")
    .where((row) =>
      row.exists(row.selectFrom("auditLeaves").select("leafIndex").whereRef("recordId", "=", "auditPending.recordId")),
    )
    .orderBy("recordId")
    .limit(limit)
    .execute();
  return rows.map(({ recordId }) => recordId);
}

/** The place of a record in the tree; undefined while it has none. */
export async function findLeafOf(db: Db, recordId: number): Promise<number | undefined> {
  const row = await db
    .selectFrom("auditLeaves")
    .select("leafIndex")
    .where("recordId", "=", recordId)
    .executeTakeFirst();
  return row?.leafIndex;
}

/** Reads the same state of the journal in all questions that `read` asks, whoever writes meanwhile. Keeps no writer waiting. */
export async function atOneMoment<Result>(db: Db, read: (db: Db) => Promise<Result>): Promise<Result> {
  if (db.isTransaction) return await read(db);
  if (!isEmbedded(db)) return await db.transaction().setIsolationLevel("repeatable read").execute(read);
  // A transaction of Kysely's would take the write lock (sqlite.ts); one that is deferred sees one state of the log.
  return await db.connection().execute(async (one) => {
    await sql`begin deferred`.execute(one);
    try {
      return await read(one);
    } finally {
      await sql`rollback`.execute(one);
    }
  });
}
