import { CamelCasePlugin, type Dialect, Kysely, SqliteAdapter, type Transaction } from "kysely";
import { Migrator } from "kysely/migration";
import { migrations } from "./migrations/index.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

/** The database. Pass `Tx` on inside a transaction: on SQLite any other use of the store would wait for itself. */
export type Store = Kysely<Tables>;
/** One open transaction: what commits together reads together. */
export type Tx = Transaction<Tables>;
/** For questions that may be asked inside or outside a transaction. */
export type Db = Store | Tx;

/**
 * Opens `file:<path>` (or `file::memory:`), the embedded SQLite database, or `postgres://…`, which several control
 * nodes share, and brings its tables up to date. Several nodes may do so at once.
 */
export async function openStore(url: string): Promise<Store> {
  const store = new Kysely<Tables>({ dialect: dialect(url), plugins: [new CamelCasePlugin()] });
  try {
    await migrate(store);
    return store;
  } catch (error) {
    await store.destroy();
    throw error;
  }
}

/** Does something in a transaction: in this one, where `db` is one. */
export function inTransaction<Result>(db: Db, act: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? act(db as Tx) : db.transaction().execute(act);
}

/** Whether this store is embedded: one process, one writer. */
export function isEmbedded(db: Db): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter;
}

function dialect(url: string): Dialect {
  if (/^postgres(ql)?:\/\//.test(url)) return postgres(url);
  if (url.startsWith("file:")) return sqlite(url.slice("file:".length));
  throw new Error(`the database must be file:<path> or postgres://…, not ${url.replace(/\/\/.*@/, "//…@")}`);
}

async function migrate(store: Store): Promise<void> {
  const { error } = await new Migrator({
    db: store,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  }).migrateToLatest();
  if (error) throw error;
}
