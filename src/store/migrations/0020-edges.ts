import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table fleet_authority (
      id ${id} primary key, certificate ${bytes} not null, sealed_key ${bytes} not null, created_at ${int} not null) ${strict}`,
    sql`create table edge_tokens (
      id ${id} primary key, secret_hash ${bytes} not null, edge ${id}, zone ${id}, addresses ${id},
      created_at ${int} not null, expires_at ${int} not null, used_at ${int}, used_by ${id}, used_key ${bytes}) ${strict}`,
    sql`create index edge_tokens_by_end on edge_tokens (expires_at)`,
    sql`create table edge_members (
      edge ${id} primary key, zone ${id}, addresses ${id}, access_key_id ${id} not null, serial ${id} not null,
      not_after ${int} not null, joined_at ${int} not null) ${strict}`,
    sql`create table edge_addresses (
      edge ${id} not null references edge_members (edge) on delete cascade,
      load_balancer_arn ${id} not null references load_balancers (arn) on delete cascade, address ${id} not null,
      primary key (load_balancer_arn, edge)) ${strict}`,
    sql`create index edge_addresses_by_edge on edge_addresses (edge, address)`,
  ]);
}
