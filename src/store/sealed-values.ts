import { sql } from "kysely";
import { type Db, isEmbedded, type Store } from "./store.ts";

/** A column of byte strings, by its names in SQL. */
export interface BytesColumn {
  readonly table: string;
  readonly column: string;
}

/** A sealed value and where it stands: SQLite's rowid, PostgreSQL's ctid. */
export interface StoredSeal {
  readonly place: number | string;
  readonly value: Uint8Array;
}

/** Every column of byte strings that there is, but those of wrapped custody keys: what is new is never forgotten. */
export async function listBytesColumns(store: Store): Promise<readonly BytesColumn[]> {
  const tables = await store.introspection.getTables();
  return tables
    .flatMap(({ name: table, columns }) =>
      columns
        .filter(({ dataType }) => ["blob", "bytea"].includes(dataType.toLowerCase()))
        .map(({ name: column }) => ({ table, column })),
    )
    .filter(({ table }) => table !== "custody_wraps" && table !== "custody_roots");
}

/** All values of a column that begin with one of these (of one length), some hundreds at a time. It reads the table once. */
export async function* findSealed(
  store: Store,
  column: BytesColumn,
  prefixes: readonly Uint8Array[],
): AsyncGenerator<readonly StoredSeal[]> {
  yield* isEmbedded(store) ? inRows(store, column, prefixes) : inPages(store, column, prefixes);
}

/** Puts one sealed value in place of another; false when it is another by now, or elsewhere: look again. */
export async function replaceSealed(
  db: Db,
  { table, column }: BytesColumn,
  { place, value }: StoredSeal,
  sealed: Uint8Array,
): Promise<boolean> {
  const at = isEmbedded(db) ? sql`rowid = ${place}` : sql`ctid = ${place}::tid`;
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${sealed} where ${at} and ${sql.ref(column)} = ${value}`.execute(
    db,
  );
  return numAffectedRows === 1n;
}

async function* inRows(
  store: Store,
  { table, column }: BytesColumn,
  prefixes: readonly Uint8Array[],
): AsyncGenerator<readonly StoredSeal[]> {
  for (let after = 0; ; ) {
    const { rows } = await sql<{ place: number; value: Uint8Array }>`
      select rowid as place, ${sql.ref(column)} as value from ${sql.table(table)}
      where rowid > ${after} and substr(${sql.ref(column)}, 1, ${length(prefixes)}) in (${sql.join(prefixes)})
      order by rowid limit ${BATCH}`.execute(store);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last.place;
  }
}

/** By ranges of pages, each of which is read once; a row that moves meanwhile is found by the next reading. */
async function* inPages(
  store: Store,
  { table, column }: BytesColumn,
  prefixes: readonly Uint8Array[],
): AsyncGenerator<readonly StoredSeal[]> {
  for (let page = 0; page < (await pagesOf(store, table)); page += PAGES) {
    const { rows } = await sql<{ place: string; value: Uint8Array }>`
      select ctid::text as place, ${sql.ref(column)} as value from ${sql.table(table)}
      where ctid >= ${`(${page},0)`}::tid and ctid < ${`(${page + PAGES},0)`}::tid
        and substring(${sql.ref(column)} from 1 for ${length(prefixes)}::int) in (${sql.join(prefixes)})`.execute(
      store,
    );
    if (rows.length > 0) yield rows;
  }
}

async function pagesOf(store: Store, table: string): Promise<number> {
  const { rows } = await sql<{ pages: number }>`
    select pg_relation_size(${table}::regclass) / current_setting('block_size')::int as pages`.execute(store);
  return Number(rows[0]?.pages ?? 0);
}

function length(prefixes: readonly Uint8Array[]): number {
  return prefixes[0]?.length ?? 0;
}

const BATCH = 500;
const PAGES = 128;
