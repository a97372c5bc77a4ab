import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, serial, strict } = columns(db);
  await run(db, [
    sql`create table ca_issuers (
      id ${id} primary key not null, parent_id ${id} not null, serial ${id} not null, certificate ${bytes} not null,
      cross_parent_id ${id}, cross_serial ${id}, cross_certificate ${bytes}, sealed_key ${bytes},
      not_before ${int} not null, not_after ${int} not null) ${strict}`,
    sql`create table ca_responders (
      issuer_id ${id} not null references ca_issuers (id), number ${int} not null, serial ${id} not null,
      certificate ${bytes} not null, sealed_key ${bytes} not null, not_before ${int} not null, not_after ${int} not null,
      primary key (issuer_id, number)) ${strict}`,
    sql`create table ca_issuances (
      id ${id} primary key not null, certificate_arn ${id} not null, generation ${int} not null, state ${id} not null,
      issuer_id ${id} not null references ca_issuers (id), serial ${id} not null unique, tbs ${bytes}, certificate ${bytes},
      shard ${int} not null default 1, not_before ${int} not null, not_after ${int} not null,
      prepared_at ${int} not null, signing_at ${int}, signed_at ${int}) ${strict}`,
    sql`create index ca_issuances_certificate on ca_issuances (certificate_arn, generation)`,
    sql`create unique index ca_issuances_live on ca_issuances (certificate_arn, generation) where state <> 'abandoned'`,
    sql`create index ca_issuances_shard on ca_issuances (issuer_id, shard, not_after)`,
    sql`create table ca_crl_places (place ${serial}) ${strict}`,
    sql`create table ca_revocations (
      issuer_id ${id} not null references ca_issuers (id), serial ${id} not null, shard ${int} not null default 1,
      reason ${int} not null, revoked_at ${int} not null, not_after ${int} not null, listed_in ${int},
      primary key (issuer_id, serial)) ${strict}`,
    sql`create index ca_revocations_shard on ca_revocations (issuer_id, shard, serial)`,
    sql`create index ca_revocations_unlisted on ca_revocations (issuer_id, shard) where listed_in is null`,
    sql`create table ca_crls (
      issuer_id ${id} not null references ca_issuers (id), shard ${int} not null, number ${int} not null, crl ${bytes},
      this_update ${int}, next_update ${int}, refresh_at ${int}, primary key (issuer_id, shard)) ${strict}`,
    sql`create index ca_crls_refresh on ca_crls (refresh_at)`,
  ]);
}
