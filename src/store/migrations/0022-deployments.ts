import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table deployments (
      certificate_arn ${id} not null references certificates (arn) on delete cascade, load_balancer_arn ${id} not null,
      generation ${int} not null, previous ${int}, state text not null, started_at ${int} not null,
      changed_at ${int} not null, looks ${int} not null, attempts ${int} not null, problem text,
      primary key (certificate_arn, load_balancer_arn)) ${strict}`,
    sql`create index deployments_open on deployments (load_balancer_arn, certificate_arn) where state <> 'DEPLOYED'`,
    sql`create table edge_sightings (
      edge ${id} not null, load_balancer_arn ${id} not null, certificate_arn ${id} not null, listener_arn ${id} not null,
      serial text, problem text, at ${int} not null,
      primary key (certificate_arn, load_balancer_arn, edge, listener_arn)) ${strict}`,
    sql`create index edge_sightings_by_edge on edge_sightings (edge, load_balancer_arn)`,
    sql`create table edge_refusals (
      edge ${id} not null, load_balancer_arn ${id} not null, certificate_arn ${id} not null, serial text not null,
      reason text not null, since ${int} not null, primary key (certificate_arn, load_balancer_arn, edge)) ${strict}`,
    sql`create index edge_refusals_by_edge on edge_refusals (edge, load_balancer_arn)`,
  ]);
}
