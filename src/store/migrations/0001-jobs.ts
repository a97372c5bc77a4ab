import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table jobs (
      task ${id} not null, subject ${id} not null, run_at ${int} not null, attempts ${int} not null default 0,
      last_error text, holder ${id}, primary key (task, subject)) ${strict}`,
    sql`create index jobs_due on jobs (run_at)`,
    sql`create index jobs_held on jobs (holder) where holder is not null`,
  ]);
}
