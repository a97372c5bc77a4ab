import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, serial, strict } = columns(db);
  await run(db, [
    sql`create table audit_records (
      id ${serial}, at ${int} not null, account ${id} not null, region ${id} not null, principal text not null,
      access_key_id text not null, event_source text not null, event_name text not null, resource ${id}, grant_id text,
      request_id text not null, error_code text, error_message text) ${strict}`,
    sql`create index audit_records_by_resource on audit_records (resource, id)`,
  ]);
}
