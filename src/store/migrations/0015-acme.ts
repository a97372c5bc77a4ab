import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table acme_owners (account ${id} not null, region ${id} not null, primary key (account, region)) ${strict}`,
    sql`create table acme_endpoints (
      arn ${id} primary key not null, id ${id} not null unique, account ${id} not null, region ${id} not null,
      created_at ${int} not null, updated_at ${int} not null, status ${id} not null, failure_reason text, contact ${id} not null,
      allowed_key_algorithms text, certificate_tags text not null, request_key ${id}, request_hash ${id}) ${strict}`,
    sql`create index acme_endpoints_page on acme_endpoints (account, region, created_at, arn)`,
    sql`create unique index acme_endpoints_request on acme_endpoints (request_key)`,
    sql`create table acme_domain_validations (
      arn ${id} primary key not null, endpoint_arn ${id} not null references acme_endpoints (arn) on delete cascade,
      created_at ${int} not null, updated_at ${int} not null, domain_name ${id} not null, status ${id} not null,
      exact_domain ${int} not null, subdomains ${int} not null, wildcards ${int} not null, hosted_zone_id ${id},
      record_name ${id} not null, record_value ${id} not null, started_at ${int} not null, proven_at ${int},
      check_at ${int} not null, checks ${int} not null, checked_at ${int}, problem text, lookups text,
      failure_reason ${id}, failure_message text, request_key ${id}, request_hash ${id}) ${strict}`,
    sql`create index acme_domain_validations_page on acme_domain_validations (endpoint_arn, created_at, arn)`,
    sql`create unique index acme_domain_validations_domain on acme_domain_validations (endpoint_arn, domain_name)`,
    sql`create unique index acme_domain_validations_request on acme_domain_validations (request_key)`,
    sql`create index acme_domain_validations_record on acme_domain_validations (record_name)`,
    sql`create table acme_bindings (
      arn ${id} primary key not null, endpoint_arn ${id} not null references acme_endpoints (arn) on delete cascade,
      created_at ${int} not null, updated_at ${int} not null, role_arn ${id} not null, sealed_mac_key ${bytes} not null,
      expires_at ${int}, revoked_at ${int}, last_used_at ${int}, request_key ${id}, request_hash ${id}) ${strict}`,
    sql`create index acme_bindings_page on acme_bindings (endpoint_arn, created_at, arn)`,
    sql`create unique index acme_bindings_request on acme_bindings (request_key)`,
    sql`create table acme_tags (
      resource_arn ${id} not null, tag_key ${id} not null, tag_value text, position ${int} not null,
      primary key (resource_arn, tag_key)) ${strict}`,
    sql`create table acme_accounts (
      id ${id} primary key not null, endpoint_arn ${id} not null references acme_endpoints (arn) on delete cascade,
      created_at ${int} not null, thumbprint ${id} not null, jwk text not null, status ${id} not null,
      contacts text not null, binding_arn ${id} not null) ${strict}`,
    sql`create index acme_accounts_page on acme_accounts (endpoint_arn, created_at, id)`,
    sql`create unique index acme_accounts_key on acme_accounts (endpoint_arn, thumbprint)`,
    sql`create table acme_orders (
      id ${id} primary key not null, account_id ${id} not null references acme_accounts (id) on delete cascade,
      created_at ${int} not null, expires_at ${int} not null, status ${id} not null, identifiers text not null,
      not_before ${int}, not_after ${int}, replaces ${id}, deactivated text, error text, certificate_arn ${id},
      generation ${int}, names text, key_algorithm ${id}, subject_public_key_info ${bytes}) ${strict}`,
    sql`create index acme_orders_page on acme_orders (account_id, created_at, id)`,
    sql`create index acme_orders_open on acme_orders (account_id, expires_at) where status = 'ready'`,
    sql`create index acme_orders_certificate on acme_orders (certificate_arn) where certificate_arn is not null`,
    sql`create index acme_orders_replaces on acme_orders (replaces) where replaces is not null`,
    sql`create table acme_certificates (
      account_id ${id} not null references acme_accounts (id) on delete cascade, names_hash ${id} not null,
      key_algorithm ${id} not null, certificate_arn ${id} not null, last_generation ${int} not null,
      primary key (account_id, names_hash, key_algorithm)) ${strict}`,
    sql`create unique index acme_certificates_arn on acme_certificates (certificate_arn)`,
    sql`create table acme_compromised_keys (key_hash ${id} primary key not null, noticed_at ${int} not null) ${strict}`,
    sql`create table acme_used_nonces (nonce ${id} primary key not null, expires_at ${int} not null) ${strict}`,
    sql`create index acme_used_nonces_end on acme_used_nonces (expires_at)`,
  ]);
}
