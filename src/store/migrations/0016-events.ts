import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, serial, strict } = columns(db);
  await run(db, [
    sql`create index certificates_ending on certificates (account, region, not_after, arn)`,
    sql`create table events (
      position ${serial}, id ${id} not null, account ${id} not null, region ${id} not null, source ${id} not null,
      detail_type ${id} not null, lane ${id} not null, at ${int} not null, body text not null,
      routed ${int} not null) ${strict}`,
    sql`create index events_by_lane on events (lane, position)`,
    sql`create index events_by_time on events (at, position)`,
    sql`create table event_deliveries (
      target ${id} not null, lane ${id} not null, position ${int} not null references events (position) on delete cascade,
      replay ${id} not null, state ${id} not null, attempts ${int} not null, since ${int} not null, next_at ${int} not null,
      last_error text, primary key (target, lane, position)) ${strict}`,
    sql`create index event_deliveries_by_event on event_deliveries (position)`,
    sql`create index event_deliveries_by_state on event_deliveries (state, position)`,
    sql`create table event_subscribers (target ${id} primary key) ${strict}`,
    sql`create table event_rules (
      account ${id} not null, region ${id} not null, name ${id} not null, pattern text not null, state ${id} not null,
      description text, role_arn text, created_at ${int} not null, primary key (account, region, name)) ${strict}`,
    // No cascade: a rule that has targets cannot be deleted.
    sql`create table event_targets (
      key ${id} primary key, account ${id} not null, region ${id} not null, rule ${id} not null, id ${id} not null,
      arn ${id} not null, input text, input_path text, input_transformer text, http_parameters text, role_arn text,
      retry_attempts ${int} not null, retry_age ${int} not null,
      foreign key (account, region, rule) references event_rules (account, region, name)) ${strict}`,
    sql`create unique index event_targets_of_rules on event_targets (account, region, rule, id)`,
    sql`create index event_targets_by_arn on event_targets (account, region, arn, rule)`,
    sql`create table event_connections (
      account ${id} not null, region ${id} not null, name ${id} not null, id ${id} not null, description text,
      authorization_type ${id} not null, state ${id} not null, parameters text not null, sealed ${bytes},
      created_at ${int} not null, modified_at ${int} not null, authorized_at ${int},
      primary key (account, region, name)) ${strict}`,
    sql`create table api_destinations (
      account ${id} not null, region ${id} not null, name ${id} not null, id ${id} not null, description text,
      connection ${id} not null, connection_id ${id} not null, endpoint text not null, method ${id} not null,
      rate_limit ${int} not null, created_at ${int} not null, modified_at ${int} not null,
      primary key (account, region, name)) ${strict}`,
    sql`create table event_tags (
      resource_arn ${id} not null, tag_key ${id} not null, tag_value text not null,
      primary key (resource_arn, tag_key)) ${strict}`,
    sql`create table event_archives (
      account ${id} not null, region ${id} not null, name ${id} not null, pattern text, description text,
      retention_days ${int} not null, created_at ${int} not null, primary key (account, region, name)) ${strict}`,
    sql`create table event_replays (
      account ${id} not null, region ${id} not null, name ${id} not null, archive ${id} not null, description text,
      from_time ${int} not null, to_time ${int} not null, rules text, state ${id} not null, state_reason text,
      reached_at ${int}, reached ${int} not null, started_at ${int} not null, ended_at ${int},
      primary key (account, region, name)) ${strict}`,
    sql`create table certificate_notices (
      certificate_arn ${id} primary key references certificates (arn) on delete cascade, generation ${int} not null,
      approaching ${int}, action ${int}, overdue ${int} not null) ${strict}`,
    sql`create table certificate_sweeps (
      account ${id} not null, region ${id} not null, cursor_not_after ${int}, cursor_arn ${id}, counts text not null,
      totals text, finished_at ${int}, primary key (account, region)) ${strict}`,
    // Outlives the certificate: what was measured of it can be asked for later.
    sql`create table certificate_terms (
      id ${serial}, certificate_arn ${id} not null, account ${id} not null, region ${id} not null, since ${int} not null,
      until ${int}, not_after ${int} not null, managed ${int} not null, overdue_since ${int},
      overdue_until ${int}) ${strict}`,
    sql`create index certificate_terms_by_certificate on certificate_terms (account, region, certificate_arn, since)`,
    sql`create index certificate_terms_by_end on certificate_terms (not_after)`,
    sql`create table acme_issuances (
      id ${serial}, account ${id} not null, region ${id} not null, endpoint_arn ${id} not null, at ${int} not null,
      succeeded ${int} not null) ${strict}`,
    sql`create index acme_issuances_by_endpoint on acme_issuances (account, region, endpoint_arn, at)`,
    sql`create index acme_issuances_by_time on acme_issuances (at)`,
  ]);
}
