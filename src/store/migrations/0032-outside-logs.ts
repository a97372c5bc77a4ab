import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`alter table ca_issuances add column precertificate ${bytes}`,
    sql`create table ct_timestamps (
      intent_id ${id} not null, log_id ${id} not null, timestamp ${bytes} not null, primary key (intent_id, log_id))
      ${strict}`,
    sql`create table ct_outside_logs (
      log_id ${id} primary key not null, timestamps ${int} not null, answered_at ${int}, failed_at ${int},
      failures ${int} not null, problem text, left_alone_until ${int}) ${strict}`,
  ]);
}
