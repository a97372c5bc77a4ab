import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  const ca = sql`references private_cas (id) on delete cascade`;
  await run(db, [
    sql`create table private_cas (
      id ${id} primary key not null, account ${id} not null, region ${id} not null, created_at ${int} not null,
      changed_at ${int} not null, request_key ${id}, type ${id} not null, status ${id} not null, deleted_from ${id},
      restorable_until ${int}, failure_reason ${id}, key_algorithm ${id} not null, signing_algorithm ${id} not null,
      usage_mode ${id} not null, key_storage ${id} not null, subject text not null, csr_extensions text,
      revocation text not null, sealed_key ${bytes}, csr ${bytes}, certificate ${bytes}, chain text, serial ${id},
      not_before ${int}, not_after ${int}, policy text) ${strict}`,
    sql`create index private_cas_page on private_cas (account, region, created_at, id)`,
    sql`create unique index private_cas_request on private_cas (request_key)`,
    sql`create table private_ca_shares (
      account ${id} not null, ca_id ${id} not null ${ca}, primary key (account, ca_id)) ${strict}`,
    sql`create index private_ca_shares_of on private_ca_shares (ca_id)`,
    sql`create table private_ca_hashes (
      hashes ${id} primary key not null, ca_id ${id} not null ${ca}) ${strict}`,
    sql`create index private_ca_hashes_of on private_ca_hashes (ca_id)`,
    // No cascade: they are deleted before their CA, a few at a time.
    sql`create table private_ca_certificates (
      ca_id ${id} not null references private_cas (id), serial ${id} not null, arn_id ${id} not null,
      state ${id} not null, replaced_by ${id}, request_key ${id}, certificate_arn ${id}, generation ${int},
      signature ${id} not null, tbs ${bytes}, certificate ${bytes}, template ${id} not null, subject text not null,
      requested_by ${id}, not_before ${int} not null, not_after ${int} not null, prepared_at ${int} not null,
      signing_at ${int}, signed_at ${int}, revoked_at ${int}, reason ${int}, primary key (ca_id, serial)) ${strict}`,
    sql`create unique index private_ca_certificates_live on private_ca_certificates (certificate_arn, generation)
      where certificate_arn is not null and state <> 'abandoned'`,
    sql`create unique index private_ca_certificates_request on private_ca_certificates (request_key)
      where request_key is not null`,
    sql`create index private_ca_certificates_revoked on private_ca_certificates (ca_id, serial)
      where revoked_at is not null`,
    sql`create table private_ca_crls (
      ca_id ${id} not null ${ca}, part ${id} not null, revision ${int} not null, covers ${int} not null,
      number ${int} not null, crl ${bytes}, this_update ${int}, next_update ${int}, primary key (ca_id, part)) ${strict}`,
    sql`create table private_ca_responders (
      issuer_id ${id} not null ${ca}, number ${int} not null, serial ${id} not null, certificate ${bytes} not null,
      sealed_key ${bytes} not null, not_before ${int} not null, not_after ${int} not null,
      primary key (issuer_id, number)) ${strict}`,
    sql`create table private_ca_permissions (
      ca_id ${id} not null ${ca}, principal ${id} not null, source_account ${id} not null, actions text not null,
      created_at ${int} not null, primary key (ca_id, principal, source_account)) ${strict}`,
    sql`create table private_ca_tags (
      ca_id ${id} not null ${ca}, tag_key ${id} not null, tag_value text, position ${int} not null,
      primary key (ca_id, tag_key)) ${strict}`,
    sql`create table private_ca_reports (
      id ${id} primary key not null, ca_id ${id} not null ${ca}, bucket text not null, key text not null,
      format ${id} not null, status ${id} not null, created_at ${int} not null) ${strict}`,
    sql`create index private_ca_reports_of on private_ca_reports (ca_id)`,
  ]);
}
