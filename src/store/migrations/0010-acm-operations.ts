import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    // Searches in the order of an attribute, or for one that few certificates have: see store/certificate-search.ts.
    ...ORDERS.map((column) => {
      const name = sql.raw(`certificates_by_${column}`);
      const attribute = sql.raw(column);
      return sql`create index ${name} on certificates (account, region, ${attribute}, arn) where ${attribute} is not null`;
    }),
    sql`create index certificates_not_issued on certificates (account, region, status) where status <> 'ISSUED'`,
    sql`create index certificates_renewing on certificates (account, region, renewal)
      where renewal not in ('NONE', 'SUCCESS')`,
    sql`create index certificate_versions_serial on certificate_versions (serial) where serial is not null`,
    // How many of a kind there are is counted up to the quota.
    sql`create index certificates_kind on certificates (account, region, type, key_pair_origin)`,
    sql`create table quota_uses (
      account ${id} not null, region ${id} not null, kind ${id} not null, day ${int} not null, uses ${int} not null,
      primary key (account, region, kind, day)) ${strict}`,
    sql`create table certificate_exports (
      certificate_arn ${id} not null references certificates (arn) on delete cascade, generation ${int} not null,
      exported_at ${int} not null, primary key (certificate_arn, generation)) ${strict}`,
    sql`create table account_configurations (
      account ${id} not null, region ${id} not null, days_before_expiry ${int} not null,
      primary key (account, region)) ${strict}`,
    sql`create table account_configuration_tokens (
      account ${id} not null, region ${id} not null, token ${id} not null, configuration text not null,
      created_at ${int} not null, primary key (account, region, token)) ${strict}`,
  ]);
}

const ORDERS = [
  "common_name",
  "not_before",
  "not_after",
  "issued_at",
  "imported_at",
  "exported_at",
  "revoked_at",
  "acme_endpoint_arn",
  "acme_account_id",
];
