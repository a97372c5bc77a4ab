import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table load_balancers (
      arn ${id} primary key, account ${id} not null, region ${id} not null, name ${id} not null, type text not null,
      scheme text not null, dns_name ${id} not null unique, address ${id} not null unique, state text not null,
      created_at ${int} not null, vpc_id ${id} not null, zones text not null, subnets text not null,
      security_groups text not null, attributes text not null, cookie_secret text not null,
      listed_certificates ${int} not null default 0, revision ${int} not null default 0,
      unique (account, region, name)) ${strict}`,
    sql`create table listeners (
      arn ${id} primary key, load_balancer_arn ${id} not null references load_balancers on delete cascade,
      rule_arn ${id} not null, port ${int} not null, protocol text not null, ssl_policy text, alpn_policy text,
      default_actions text not null, mutual_authentication text, trust_store_arn ${id}, attributes text not null,
      unique (load_balancer_arn, port)) ${strict}`,
    sql`create index listeners_by_trust_store on listeners (trust_store_arn, arn)`,
    sql`create table listener_certificates (
      listener_arn ${id} not null references listeners on delete cascade, is_default ${int} not null,
      certificate_arn ${id} not null, load_balancer_arn ${id} not null,
      primary key (listener_arn, is_default, certificate_arn)) ${strict}`,
    sql`create index listener_certificates_by_balancer on listener_certificates (load_balancer_arn, certificate_arn)`,
    sql`create table target_groups (
      arn ${id} primary key, account ${id} not null, region ${id} not null, name ${id} not null, protocol text not null,
      protocol_version text not null, target_type text not null, port ${int} not null, vpc_id text not null, load_balancer_arn ${id}, health_check text not null,
      attributes text not null, revision ${int} not null default 0, unique (account, region, name)) ${strict}`,
    sql`create index target_groups_by_balancer on target_groups (load_balancer_arn, name)`,
    sql`create table listener_target_groups (
      rule_arn ${id} not null, listener_arn ${id} not null references listeners on delete cascade,
      target_group_arn ${id} not null references target_groups, primary key (rule_arn, target_group_arn)) ${strict}`,
    sql`create index listener_target_groups_by_listener on listener_target_groups (listener_arn)`,
    sql`create index listener_target_groups_by_group on listener_target_groups (target_group_arn)`,
    sql`create table targets (
      target_group_arn ${id} not null references target_groups on delete cascade, id ${id} not null,
      port ${int} not null, zone text, registered_at ${int} not null, drained_at ${int},
      primary key (target_group_arn, id, port)) ${strict}`,
    sql`create index targets_by_id on targets (id)`,
    sql`create table balancer_tags (
      resource_arn ${id} not null, key ${id} not null, value text not null, primary key (resource_arn, key)) ${strict}`,
  ]);
}
