import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table certificates (
      arn ${id} primary key, account ${id} not null, region ${id} not null, created_at ${int} not null,
      request_key ${id}, type ${id} not null, key_pair_origin ${id} not null, authority ${id},
      certificate_authority_arn ${id}, acme_endpoint_arn ${id}, acme_account_id ${id}, status ${id} not null, key_algorithm ${id} not null,
      domain_name ${id} not null, common_name ${id}, names text not null, validation_method ${id}, export_option ${id} not null,
      managed_by ${id}, requested_by ${id}, generation ${int} not null, not_before ${int}, not_after ${int}, issued_at ${int},
      imported_at ${int}, exported_at ${int}, revoked_at ${int}, revocation_reason ${id}, failure_reason ${id},
      trouble text, key_usages ${id} not null, extended_key_usages ${id} not null, renewal ${id} not null,
      renewal_reason ${id}, renewal_started_at ${int}, renewal_updated_at ${int}, renew_at ${int}, ordered_at ${int},
      migration ${id}, migration_started_at ${int}, migration_updated_at ${int}) ${strict}`,
    sql`create index certificates_page on certificates (account, region, created_at, arn)`,
    sql`create unique index certificates_request on certificates (request_key)`,
    sql`create table certificate_versions (
      certificate_arn ${id} not null references certificates (arn) on delete cascade, generation ${int} not null,
      key_arn ${id}, wrapped_data_key ${bytes}, sealed_key ${bytes},
      subject_public_key_info ${bytes} not null, made_at ${int} not null, serial ${id}, subject text, issuer text,
      signature_algorithm ${id}, extended_key_usage_oids text, certificate text, chain text,
      primary key (certificate_arn, generation)) ${strict}`,
    sql`create table domain_validations (
      certificate_arn ${id} not null references certificates (arn) on delete cascade, purpose ${id} not null,
      position ${int} not null, domain_name ${id} not null, validation_domain ${id} not null, method ${id} not null,
      status ${id} not null, record_name ${id}, record_value ${id}, check_at ${int} not null,
      checks ${int} not null, checked_at ${int}, problem text, lookups text, caa_lookups text,
      primary key (certificate_arn, purpose, position)) ${strict}`,
    sql`create index domain_validations_pending on domain_validations (record_name)
      where status = 'PENDING_VALIDATION'`,
    // No cascade: a certificate that somebody uses cannot be deleted, whatever the code above forgot to ask.
    sql`create table certificate_associations (
      certificate_arn ${id} not null references certificates (arn), resource_arn ${id} not null,
      key_arn ${id} not null, grant_id ${id} not null, grant_token text not null, created_at ${int} not null,
      primary key (certificate_arn, resource_arn)) ${strict}`,
    sql`create index certificate_associations_resource on certificate_associations (resource_arn)`,
    sql`create index certificate_associations_grant on certificate_associations (grant_id)`,
    sql`create table certificate_tags (
      certificate_arn ${id} not null references certificates (arn) on delete cascade, tag_key ${id} not null,
      tag_value text, position ${int} not null, primary key (certificate_arn, tag_key)) ${strict}`,
    sql`create table instance_secrets (name ${id} primary key, sealed ${bytes} not null) ${strict}`,
  ]);
}
