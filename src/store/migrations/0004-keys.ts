import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, serial, strict } = columns(db);
  // An alias is claimed before its key is there, so that of two nodes that make the same AWS managed key one wins.
  const key = sql`references master_keys (id) deferrable initially deferred`;
  await run(db, [
    sql`create table master_keys (
      id ${id} primary key, account ${id} not null, region ${id} not null, manager text not null,
      description text not null, state text not null, current_version ${int} not null, created_at ${int} not null,
      deletion_at ${int}, pending_days ${int}) ${strict}`,
    sql`create index master_keys_page on master_keys (account, region, id)`,
    // Imported material may be gone and come back: what it was is remembered, so that only the same comes back.
    sql`create table master_key_materials (
      key_id ${id} not null ${key}, version ${int} not null, material_id text not null, sealed ${bytes},
      created_at ${int} not null, primary key (key_id, version)) ${strict}`,
    sql`create table key_tags (
      key_id ${id} not null ${key}, tag_key ${id} not null, tag_value text not null, primary key (key_id, tag_key))
      ${strict}`,
    sql`create table key_aliases (
      account ${id} not null, region ${id} not null, name ${id} not null, key_id ${id} not null ${key},
      created_at ${int} not null, updated_at ${int} not null, primary key (account, region, name)) ${strict}`,
    sql`create index key_aliases_of_key on key_aliases (key_id, name)`,
    sql`create table grants (
      id ${id} primary key, key_id ${id} not null ${key}, account ${id} not null, region ${id} not null, name text,
      grantee_principal ${id} not null, retiring_principal ${id}, issuing_account text not null,
      operations text not null, constraint_kind text, constraint_context text, context_digest ${id} not null,
      sameness ${id}, created_at ${int} not null) ${strict}`,
    sql`create index grants_of_key on grants (key_id, id)`,
    sql`create index grants_for_use on grants (key_id, context_digest, grantee_principal, id)`,
    sql`create index grants_of_grantee on grants (key_id, grantee_principal, id)`,
    sql`create index grants_to_retire on grants (retiring_principal, account, region, id)`,
    sql`create unique index grants_same on grants (key_id, sameness)`,
    sql`create table leaf_key_pool (
      id ${serial}, algorithm ${id} not null, spki ${bytes} not null, sealed_key ${bytes} not null,
      sealed_data_key ${bytes} not null, created_at ${int} not null) ${strict}`,
    sql`create index leaf_key_pool_next on leaf_key_pool (algorithm, id)`,
  ]);
}
