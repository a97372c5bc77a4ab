import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table ct_logs (
      id ${id} primary key not null, sealed_key ${bytes} not null, public_key ${bytes} not null, size ${int} not null,
      published_size ${int} not null, published_at ${int} not null, checkpoint text) ${strict}`,
    sql`create table ct_entries (
      position ${int} primary key not null, leaf_hash ${bytes} not null, entry ${bytes} not null) ${strict}`,
    sql`create table ct_nodes (
      level ${int} not null, position ${int} not null, hash ${bytes} not null, primary key (level, position)) ${strict}`,
    sql`create table ct_issuers (fingerprint ${id} primary key not null, certificate ${bytes} not null) ${strict}`,
    sql`alter table ca_issuances add column log_position ${int}`,
  ]);
}
