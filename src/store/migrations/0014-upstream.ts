import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table upstream_accounts (
      directory ${id} not null, owner ${id} not null, sealed_key ${bytes} not null, url ${id}, contacts text not null, issuer_name ${id},
      made_at ${int} not null,
      primary key (directory, owner)) ${strict}`,
    sql`create table upstream_orders (
      id ${id} primary key not null,
      certificate_arn ${id} not null references certificates (arn) on delete cascade, generation ${int} not null,
      ca ${id} not null, attempt ${int} not null, state ${id} not null, due_at ${int} not null, tries ${int} not null,
      order_url ${id}, finalize_url ${id}, expires_at ${int}, responded_at ${int}, csr ${bytes}, finalizing_at ${int},
      replaces ${id}, problem text, refusal ${id}, retry_at ${int}, certificate text, chain text, not_after ${int},
      window_start ${int}, window_end ${int}, renew_at ${int}, explanation_url text, made_at ${int} not null, reached_at ${int} not null,
      changed_at ${int} not null) ${strict}`,
    sql`create unique index upstream_orders_live on upstream_orders (certificate_arn, generation)
      where state <> 'failed'`,
    sql`create index upstream_orders_of on upstream_orders (certificate_arn, generation, made_at, id)`,
    sql`create table challenge_answers (
      order_id ${id} not null references upstream_orders (id) on delete cascade, type ${id} not null,
      name ${id} not null, value ${id} not null, primary key (order_id, type, name, value)) ${strict}`,
    sql`create index challenge_answers_by_name on challenge_answers (type, name)`,
    // No reference: what is to be revoked stays to be revoked when the certificate is deleted.
    sql`create table upstream_revocations (
      id ${id} primary key not null, ca ${id} not null, certificate_arn ${id} not null, certificate ${bytes} not null,
      reason ${int} not null, requested_at ${int} not null, revoked_at ${int}) ${strict}`,
    sql`create index upstream_revocations_of on upstream_revocations (certificate_arn)`,
  ]);
}
