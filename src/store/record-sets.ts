import type { Selectable } from "kysely";
import { keyAfter, nameOfKey, type RecordName, sortKey } from "#domain/zones/record-name.ts";
import type { RecordAlias, RecordSet, RecordType } from "#domain/zones/record-set.ts";
import type { Db, Tx } from "./store.ts";
import type { ZoneTables } from "./tables/zones.ts";

/** Every set at one of these names; of those types only, where they are given. */
export async function recordSetsAt(
  db: Db,
  zoneId: string,
  names: readonly RecordName[],
  types?: readonly RecordType[],
): Promise<readonly RecordSet[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom("recordSets")
    .select(COLUMNS)
    .where("zoneId", "=", zoneId)
    .where("nameKey", "in", names.map(sortKey))
    .$if(types !== undefined, (query) => query.where("type", "in", types ?? []))
    .execute();
  return rows.map(setOf);
}

/** What a name server needs on the way down to `name`: the delegations above it, and everything at it. */
export async function recordSetsOnPath(
  db: Db,
  zoneId: string,
  above: readonly RecordName[],
  name: RecordName,
): Promise<readonly RecordSet[]> {
  const rows = await db
    .selectFrom("recordSets")
    .select(COLUMNS)
    .where("zoneId", "=", zoneId)
    .where("nameKey", "in", [...above, name].map(sortKey))
    .where((row) => row.or([row("nameKey", "=", sortKey(name)), row("type", "=", "NS")]))
    .execute();
  return rows.map(setOf);
}

/** The names next to `name` in the zone's order: the last before it and the first from it on. They bound what exists around it. */
export async function neighboursOf(
  db: Db,
  zoneId: string,
  name: RecordName,
): Promise<{ readonly before: RecordName | undefined; readonly after: RecordName | undefined }> {
  const key = sortKey(name);
  const names = db.selectFrom("recordSets").select("nameKey").where("zoneId", "=", zoneId).limit(1);
  const before = await names.where("nameKey", "<", key).orderBy("nameKey", "desc").executeTakeFirst();
  const after = await names.where("nameKey", ">=", key).orderBy("nameKey").executeTakeFirst();
  return { before: before && nameOfKey(before.nameKey), after: after && nameOfKey(after.nameKey) };
}

/** Whether anything stands at `name` or below it. */
export async function hasNamesWithin(db: Db, zoneId: string, name: RecordName): Promise<boolean> {
  const key = sortKey(name);
  const row = await db
    .selectFrom("recordSets")
    .select("nameKey")
    .where("zoneId", "=", zoneId)
    .where("nameKey", ">=", key)
    .where("nameKey", "<", keyAfter(key))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The zone's sets in Route 53's order, from a name (and type) on. */
export async function recordSetPage(
  db: Db,
  zoneId: string,
  from: { readonly name: RecordName; readonly type: string } | undefined,
  limit: number,
): Promise<readonly RecordSet[]> {
  const rows = await db
    .selectFrom("recordSets")
    .select(COLUMNS)
    .where("zoneId", "=", zoneId)
    .$if(from !== undefined, (query) =>
      query.where((row) =>
        row(row.refTuple("nameKey", "type"), ">=", row.tuple(from ? sortKey(from.name) : "", from?.type ?? "")),
      ),
    )
    .orderBy("nameKey")
    .orderBy("type")
    .limit(limit)
    .execute();
  return rows.map(setOf);
}

/** Writes sets, in the place of those of the same name and type. */
export async function putRecordSets(tx: Tx, zoneId: string, sets: readonly RecordSet[]): Promise<void> {
  for (let first = 0; first < sets.length; first += CHUNK) {
    const rows = sets.slice(first, first + CHUNK).map((set) => ({ zoneId, ...rowOf(set) }));
    await tx
      .insertInto("recordSets")
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(["zoneId", "nameKey", "type"]).doUpdateSet((row) => ({
          ttl: row.ref("excluded.ttl"),
          recordValues: row.ref("excluded.recordValues"),
          alias: row.ref("excluded.alias"),
        })),
      )
      .execute();
  }
}

export async function deleteRecordSet(
  tx: Tx,
  zoneId: string,
  { name, type }: Pick<RecordSet, "name" | "type">,
): Promise<void> {
  await tx
    .deleteFrom("recordSets")
    .where("zoneId", "=", zoneId)
    .where("nameKey", "=", sortKey(name))
    .where("type", "=", type)
    .execute();
}

function rowOf({ name, type, content }: RecordSet): Omit<Row, "zoneId"> {
  if (content.kind === "values") {
    const { ttl, values } = content;
    return { nameKey: sortKey(name), type, ttl, recordValues: JSON.stringify(values), alias: null };
  }
  const { kind: _, ...alias } = content;
  return { nameKey: sortKey(name), type, ttl: null, recordValues: null, alias: JSON.stringify(alias) };
}

function setOf({ nameKey, type, ttl, recordValues, alias }: Omit<Row, "zoneId">): RecordSet {
  return {
    name: nameOfKey(nameKey),
    type: type as RecordType,
    content:
      alias === null
        ? { kind: "values", ttl: ttl ?? 0, values: JSON.parse(recordValues ?? "[]") as readonly string[] }
        : { kind: "alias", ...(JSON.parse(alias) as Omit<RecordAlias, "kind">) },
  };
}

type Row = Selectable<ZoneTables["recordSets"]>;

const COLUMNS = ["nameKey", "type", "ttl", "recordValues", "alias"] as const;
const CHUNK = 200;
