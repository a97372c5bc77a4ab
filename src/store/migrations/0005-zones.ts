import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table zones (
      id ${id} primary key, account ${id} not null, name_key ${id} not null, caller_reference ${id} not null,
      comment text not null, created_at ${int} not null, record_set_count ${int} not null) ${strict}`,
    sql`create unique index zones_by_caller_reference on zones (account, caller_reference)`,
    sql`create index zones_by_account on zones (account, id)`,
    sql`create index zones_by_account_name on zones (account, name_key, id)`,
    sql`create index zones_by_name on zones (name_key, created_at, id)`,
    sql`create table zone_names (name_key ${id} primary key, zone_id ${id} not null) ${strict}`,
    sql`create table record_sets (
      zone_id ${id} not null references zones (id), name_key ${id} not null, type ${id} not null, ttl ${int},
      record_values text, alias text, primary key (zone_id, name_key, type)) ${strict}`,
    sql`create table zone_tags (
      zone_id ${id} not null references zones (id), key ${id} not null, value text not null,
      primary key (zone_id, key)) ${strict}`,
    sql`create table zone_changes (
      id ${id} primary key, account ${id} not null, zone_id ${id} not null, comment text,
      submitted_at ${int} not null) ${strict}`,
  ]);
}
