import { SqliteAdapter, sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, serial, strict } = columns(db);
  const embedded = db.getExecutor().adapter instanceof SqliteAdapter;
  const transaction = embedded ? sql`0` : sql`(pg_current_xact_id()::text::bigint)`;
  const now = embedded
    ? sql`(cast(unixepoch('subsec') * 1000 as integer))`
    : sql`(cast(extract(epoch from clock_timestamp()) * 1000 as bigint))`;
  await run(db, [
    sql`create table edge_changes (
      id ${serial}, tx ${int} not null default ${transaction}, at ${int} not null default ${now}, load_balancer_arn ${id} not null,
      certificate_arn ${id} not null, secret ${id} not null default '', trust_store_arn ${id} not null default '') ${strict}`,
    sql`create index edge_changes_in_order on edge_changes (tx, id)`,
    sql`create table edges (
      edge ${id} primary key, instance ${id} not null, connected_at ${int} not null, seen_at ${int} not null,
      revision text not null) ${strict}`,
    sql`create table edge_listeners (
      edge ${id} not null, load_balancer_arn ${id} not null, listener_arn ${id} not null, address text not null,
      port ${int} not null, error text, at ${int} not null, primary key (listener_arn, edge)) ${strict}`,
    sql`create index edge_listeners_by_balancer on edge_listeners (load_balancer_arn)`,
    sql`create index edge_listeners_by_edge on edge_listeners (edge, load_balancer_arn)`,
    sql`create table edge_targets (
      edge ${id} not null, load_balancer_arn ${id} not null, target_group_arn ${id} not null, address ${id} not null,
      port ${int} not null, state text not null, reason text, description text, at ${int} not null,
      primary key (target_group_arn, address, port, load_balancer_arn, edge)) ${strict}`,
    sql`create index edge_targets_by_balancer on edge_targets (load_balancer_arn)`,
    sql`create index edge_targets_by_edge on edge_targets (edge, load_balancer_arn)`,
    sql`create table edge_certificates (
      edge ${id} not null, load_balancer_arn ${id} not null, certificate_arn ${id} not null, serial text not null,
      at ${int} not null, primary key (certificate_arn, load_balancer_arn, edge)) ${strict}`,
    sql`create index edge_certificates_by_balancer on edge_certificates (load_balancer_arn)`,
    sql`create index edge_certificates_by_edge on edge_certificates (edge, load_balancer_arn)`,
  ]);
}
