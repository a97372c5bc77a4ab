import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table iam_entities (
      id ${id} not null primary key, account ${id} not null references accounts (id), kind text not null,
      name text not null, name_key ${id} not null, path text not null, place ${id} not null, created_at ${int} not null,
      boundary ${id}, description text, trust_policy text, trusted text, max_session_duration ${int},
      last_used_at ${int}, last_used_region text, last_used_service text) ${strict}`,
    sql`create unique index iam_entities_by_name on iam_entities (account, kind, name_key)`,
    sql`create index iam_entities_by_place on iam_entities (account, kind, place)`,
    sql`create index iam_entities_bounded on iam_entities (account, boundary, kind, place) where boundary is not null`,

    sql`create table iam_inline_policies (
      entity_id ${id} not null references iam_entities (id) on delete cascade, name ${id} not null,
      document text not null, size ${int} not null, primary key (entity_id, name)) ${strict}`,

    sql`create table iam_members (
      user_id ${id} not null references iam_entities (id), group_id ${id} not null references iam_entities (id),
      group_key ${id} not null, user_key ${id} not null, primary key (user_id, group_id)) ${strict}`,
    sql`create index iam_members_of_groups on iam_members (group_id, user_key)`,

    sql`create table iam_profile_roles (
      profile_id ${id} not null primary key references iam_entities (id),
      role_id ${id} not null references iam_entities (id)) ${strict}`,
    sql`create index iam_profiles_of_roles on iam_profile_roles (role_id, profile_id)`,

    sql`create table iam_policies (
      account ${id} not null references accounts (id), arn ${id} not null, owner text not null, id ${id} not null,
      name text not null, name_key ${id} not null, path text not null, place ${id} not null, description text,
      created_at ${int} not null, updated_at ${int} not null, default_version ${int} not null,
      next_version ${int} not null, attachments ${int} not null, boundaries ${int} not null,
      primary key (account, arn)) ${strict}`,
    sql`create unique index iam_policies_by_name on iam_policies (account, owner, name_key)`,
    sql`create index iam_policies_by_place on iam_policies (account, owner, place)`,
    sql`create index iam_policies_attached on iam_policies (account, owner, place) where attachments > 0`,
    sql`create index iam_policies_bounding on iam_policies (account, owner, place) where boundaries > 0`,

    sql`create table iam_policy_versions (
      arn ${id} not null, number ${int} not null, document text not null, created_at ${int} not null,
      primary key (arn, number)) ${strict}`,

    sql`create table iam_attachments (
      entity_id ${id} not null references iam_entities (id), policy_arn ${id} not null, policy_name ${id} not null,
      account ${id} not null, kind text not null, primary key (entity_id, policy_arn)) ${strict}`,
    sql`create index iam_attachments_by_policy on iam_attachments (account, policy_arn, kind, entity_id)`,

    sql`create table iam_tags (
      owner ${id} not null, tag_key_folded ${id} not null, tag_key text not null, tag_value text not null,
      primary key (owner, tag_key_folded)) ${strict}`,

    sql`create table iam_counts (
      account ${id} not null references accounts (id), what text not null, amount ${int} not null,
      primary key (account, what)) ${strict}`,
    sql`create table account_aliases (
      alias ${id} not null primary key, account ${id} not null references accounts (id)) ${strict}`,
    sql`create unique index account_aliases_of_accounts on account_aliases (account)`,

    sql`alter table access_keys add column user_id ${id} references iam_entities (id)`,
    sql`alter table access_keys add column last_used_at ${int}`,
    sql`alter table access_keys add column last_used_region text`,
    sql`alter table access_keys add column last_used_service text`,
    sql`create index access_keys_of_users on access_keys (user_id, id) where user_id is not null`,
  ]);
}
