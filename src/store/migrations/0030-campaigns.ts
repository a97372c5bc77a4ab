import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, double, strict } = columns(db);
  await run(db, [
    sql`create table campaigns (
      id ${id} primary key not null, account ${id} not null, region ${id} not null, state ${id} not null,
      selection text not null, asked text not null, same_issuer ${int} not null, reason ${id} not null,
      deadline_after ${int} not null, revoke_at_deadline ${int} not null, rate ${double} not null,
      concurrency ${int} not null, ordered_by ${id} not null, created_at ${int} not null, after_arn ${id},
      plan text, planned_at ${int}, started_at ${int}, deadline ${int}, running_since ${int}, ran_for ${int} not null,
      ended_at ${int}, problem text) ${strict}`,
    sql`create index campaigns_newest on campaigns (created_at, id)`,
    sql`create table campaign_items (
      campaign_id ${id} not null references campaigns (id), certificate_arn ${id} not null, account ${id} not null,
      region ${id} not null, domain_name ${id} not null, position ${int} not null, fate ${id} not null,
      state ${id} not null, generation ${int} not null, serial ${id}, exported ${int} not null, users ${int} not null,
      ordered_generation ${int}, new_serial ${id}, replaced_at ${int}, revoked_at ${int}, looks ${int} not null,
      problem text, next_at ${int}, primary key (campaign_id, certificate_arn)) ${strict}`,
    sql`create index campaign_items_order on campaign_items (campaign_id, position, certificate_arn)`,
    sql`create index campaign_items_state on campaign_items (campaign_id, state, position, certificate_arn)`,
    sql`create index campaign_items_due on campaign_items (campaign_id, next_at) where next_at is not null`,
    sql`create table campaign_tallies (
      campaign_id ${id} not null references campaigns (id), lane ${int} not null, pending ${int} not null,
      started ${int} not null, replacing ${int} not null, settling ${int} not null, done ${int} not null,
      skipped ${int} not null, "left" ${int} not null, replaced ${int} not null, revoked ${int} not null,
      troubled ${int} not null, primary key (campaign_id, lane)) ${strict}`,
  ]);
}
