import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table listener_rules (
      arn ${id} primary key, listener_arn ${id} not null references listeners on delete cascade,
      load_balancer_arn ${id} not null, priority ${int} not null, conditions text not null, actions text not null,
      transforms text not null, unique (listener_arn, priority)) ${strict}`,
    sql`create index listener_rules_by_balancer on listener_rules (load_balancer_arn, listener_arn, priority)`,
    sql`create table balancer_secrets (
      name ${id} primary key, load_balancer_arn ${id} not null, key_arn ${id} not null, grant_id ${id} not null,
      grant_token text not null, wrapped_data_key ${bytes} not null, sealed_key ${bytes} not null,
      created_at ${int} not null) ${strict}`,
    sql`create index balancer_secrets_by_balancer on balancer_secrets (load_balancer_arn)`,
    sql`create index balancer_secrets_by_grant on balancer_secrets (grant_id)`,
    sql`create table trust_stores (
      arn ${id} primary key, account ${id} not null, region ${id} not null, name ${id} not null, version ${int} not null,
      certificates ${int} not null, revoked_entries ${int} not null, next_revocation ${int} not null,
      bundle ${bytes} not null, unique (account, region, name)) ${strict}`,
    sql`create table trust_store_revocations (
      trust_store_arn ${id} not null references trust_stores on delete cascade, id ${int} not null,
      entries ${int} not null, size ${int} not null, content ${bytes} not null,
      primary key (trust_store_arn, id)) ${strict}`,
  ]);
}
