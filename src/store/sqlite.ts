import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type Dialect, SqliteAdapter, SqliteDialect, type SqliteStatement } from "kysely";

/** SQLite as Node brings it. A commit is on the disk before it is acknowledged (synchronous = full). */
export function sqlite(file: string): Dialect {
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  // Room for the inner pages of large tables, and fewer times at which pages are brought home from the log.
  db.exec("pragma cache_size = -65536; pragma wal_autocheckpoint = 4000");
  db.exec("pragma secure_delete = on"); // a destroyed key's sealed bytes do not stay behind in free pages
  const statements = new Map<string, SqliteStatement>();
  // Kysely says plain `begin`; a transaction that reads first and writes later must take the write lock at once.
  const prepare = (sql: string): SqliteStatement => statement(db.prepare(sql === "begin" ? "begin immediate" : sql));
  return new TransactionalSqlite({
    database: {
      close: () => db.close(),
      prepare(sql) {
        const known = statements.get(sql);
        if (known) return known;
        if (statements.size >= MOST_STATEMENTS) statements.clear();
        const prepared = prepare(sql);
        statements.set(sql, prepared);
        return prepared;
      },
    },
  });
}

function statement(prepared: StatementSync): SqliteStatement {
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...(parameters as SQLInputValue[])),
    run: (parameters) => prepared.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => prepared.iterate(...(parameters as SQLInputValue[])),
  };
}

/** SQLite changes tables inside transactions, so a migration that is killed half-way never happened, and two wait for each other. */
class TransactionalSqlite extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

const BUSY_MS = 5_000;
const MOST_STATEMENTS = 1_000;
