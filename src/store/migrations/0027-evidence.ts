import { SqliteAdapter, sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

/**
 * The journal becomes a Merkle tree. Whoever writes a record only adds it; a trigger notes that it waits for its place in
 * the tree, so that no writer waits for another and none can forget it. Records themselves are never changed.
 */
export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`alter table audit_records add column user_name ${id} not null default ''`,
    sql`alter table audit_records add column certificate ${id}`,
    sql`alter table audit_records add column source_ip text`,
    sql`alter table audit_records add column user_agent text`,
    sql`alter table audit_records add column detail text`,
    sql`create index audit_records_by_certificate on audit_records (certificate, id) where certificate is not null`,
    sql`create table audit_pending (record_id ${int} primary key) ${strict}`,
    sql`create table audit_leaves (leaf_index ${int} primary key, record_id ${int} not null) ${strict}`,
    sql`create unique index audit_leaves_by_record on audit_leaves (record_id)`,
    sql`create table audit_lookups (
      account ${id} not null, region ${id} not null, attribute ${id} not null, value ${id} not null, at ${int} not null,
      record_id ${int} not null, primary key (account, region, attribute, value, at, record_id)) ${strict}`,
    sql`create table audit_tiles (
      level ${int} not null, number ${int} not null, hashes ${bytes} not null, primary key (level, number)) ${strict}`,
    sql`create table audit_trees (
      id ${int} primary key check (id = 1), size ${int} not null, signed_at ${int}, checkpoint text) ${strict}`,
    sql`insert into audit_trees (id, size) values (1, 0)`,
    sql`create table audit_checkpoints (size ${int} primary key, signed_at ${int} not null, checkpoint text not null) ${strict}`,
    sql`create table audit_signers (
      id ${int} primary key check (id = 1), name text not null, public_key ${bytes} not null, sealed_key ${bytes} not null,
      created_at ${int} not null) ${strict}`,
    sql`insert into audit_pending select id from audit_records`,
    ...(db.getExecutor().adapter instanceof SqliteAdapter ? ON_SQLITE : ON_POSTGRES),
  ]);
}

const ON_SQLITE = [
  sql`create trigger audit_records_wait after insert on audit_records
    begin insert into audit_pending (record_id) values (new.id); end`,
];
const ON_POSTGRES = [
  sql`create function audit_records_wait() returns trigger language plpgsql as $$
    begin insert into audit_pending (record_id) select id from added; return null; end $$`,
  sql`create trigger audit_records_wait after insert on audit_records referencing new table as added
    for each statement execute function audit_records_wait()`,
];
