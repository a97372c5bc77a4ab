import { type Dialect, PostgresDialect } from "kysely";
import pg from "pg";

/** PostgreSQL 15 or newer. Its bigints are our epoch milliseconds and counters: safe integers. */
export function postgres(url: string): Dialect {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  // An idle connection that the server drops is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => {});
  return new PostgresDialect({ pool });
}

const CONNECTIONS = 10;
