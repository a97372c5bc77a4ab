import type { Compilable, CompiledQuery, Insertable } from "kysely";
import { type Db, isEmbedded } from "./store.ts";
import type { Tables } from "./tables.ts";

/**
 * A query for the hottest paths: built and compiled once for each kind of database, and afterwards only given its
 * values. `build` gets a stand-in for each value; it may use each in one or several places, but may not look at it.
 */
export function prepared<Values extends readonly unknown[], Row>(
  build: (db: Db, ...values: Values) => Compilable<Row>,
): (db: Db, ...values: Values) => Promise<Row[]> {
  const compiled: { embedded?: Prepared<Row>; shared?: Prepared<Row> } = {};
  return async (db, ...values) => {
    const kind = isEmbedded(db) ? "embedded" : "shared";
    const { query, places } = (compiled[kind] ??= prepare(build, db, values.length));
    const parameters = query.parameters.map((parameter, index) => {
      const place = places[index];
      return place === undefined ? parameter : values[place];
    });
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

/** The same for adding a row with these columns; one that is undefined becomes null. */
export function preparedInsert<Table extends keyof Tables, Column extends keyof Insertable<Tables[Table]> & string>(
  table: Table,
  columns: readonly Column[],
): (db: Db, row: Pick<Insertable<Tables[Table]>, Column>) => Promise<void> {
  const insert = prepared((db, ...values: readonly unknown[]) =>
    db.insertInto(table).values(Object.fromEntries(columns.map((column, index) => [column, values[index]])) as never),
  );
  return async (db, row) => {
    await insert(db, ...columns.map((column) => row[column] ?? null));
  };
}

interface Prepared<Row> {
  readonly query: CompiledQuery<Row>;
  /** For each parameter of the query, the value that goes there; undefined for one that is always the same. */
  readonly places: readonly (number | undefined)[];
}

function prepare<Values extends readonly unknown[], Row>(
  build: (db: Db, ...values: Values) => Compilable<Row>,
  db: Db,
  count: number,
): Prepared<Row> {
  const standIns = Array.from({ length: count }, (_, index) => Symbol(`value ${index}`));
  const query = build(db, ...(standIns as readonly unknown[] as Values)).compile();
  const places = query.parameters.map((parameter) => {
    const place = standIns.indexOf(parameter as symbol);
    return place < 0 ? undefined : place;
  });
  return { query, places };
}
