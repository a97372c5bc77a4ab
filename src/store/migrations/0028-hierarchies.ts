import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table ca_hierarchies (
      id ${id} primary key not null, account ${id} not null, purpose ${id} not null, created_at ${int} not null,
      serving_from ${int}) ${strict}`,
    sql`create unique index ca_hierarchies_scope on ca_hierarchies (account, purpose)`,
    sql`alter table ca_issuers add column hierarchy ${id} not null default 'shared'`,
    sql`alter table ca_issuers add column family ${id} not null default 'EC'`,
    sql`alter table ca_issuers add column state ${id} not null default 'active'`,
    sql`alter table ca_issuers add column active_from ${int}`,
    sql`alter table ca_issuers add column key_state ${id} not null default 'here'`,
    sql`update ca_issuers set active_from = not_before`,
    sql`update ca_issuers set family = 'RSA' where id in ('r1', 'rsa1')`,
    sql`update ca_issuers set state = 'retired' where id = 'r1'`,
    sql`create index ca_issuers_hierarchy on ca_issuers (hierarchy, state)`,
    sql`create index ca_issuers_parent on ca_issuers (parent_id, serial)`,
    sql`create table ca_cross_certificates (
      subject_id ${id} not null references ca_issuers (id), signer_id ${id} not null references ca_issuers (id),
      serial ${id} not null, certificate ${bytes} not null, not_before ${int} not null, not_after ${int} not null,
      primary key (subject_id, signer_id)) ${strict}`,
    sql`create index ca_cross_certificates_serial on ca_cross_certificates (signer_id, serial)`,
    sql`insert into ca_cross_certificates (subject_id, signer_id, serial, certificate, not_before, not_after)
      select i.id, s.id, i.cross_serial, i.cross_certificate, i.not_before,
        case when i.not_after < s.not_after then i.not_after else s.not_after end
      from ca_issuers i join ca_issuers s on s.id = i.cross_parent_id where i.cross_certificate is not null`,
    sql`alter table ca_issuers drop column cross_parent_id`,
    sql`alter table ca_issuers drop column cross_serial`,
    sql`alter table ca_issuers drop column cross_certificate`,
    sql`create table ca_issuer_requests (
      id ${id} primary key not null, hierarchy ${id} not null, parent_id ${id} not null references ca_issuers (id),
      family ${id} not null, key_id ${id} not null unique, csr ${bytes} not null, sealed_key ${bytes} not null,
      made_at ${int} not null) ${strict}`,
    sql`create table ca_offline_crls (
      issuer_id ${id} primary key not null references ca_issuers (id), number ${int} not null, crl ${bytes} not null,
      next_update ${int} not null) ${strict}`,
  ]);
}
