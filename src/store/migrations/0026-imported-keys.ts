import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

/** The acts that are a use of a key, as GetKeyLastUsage tells of them. */
export const KEY_USES: string =
  "error_code is null and event_name in ('Decapsulate', 'Decrypt', 'DeriveSharedSecret', 'Encapsulate', 'Encrypt', " +
  "'GenerateDataKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateDataKeyWithoutPlaintext', " +
  "'GenerateMac', 'ReEncrypt', 'Sign', 'Verify', 'VerifyMac')";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`alter table master_keys add column origin text not null default 'AWS_KMS'`,
    sql`alter table master_key_materials add column description text`,
    sql`alter table master_key_materials add column valid_to ${int}`,
    sql`alter table master_key_materials add column rotated_at ${int}`,
    sql`create table multi_region_keys (
      id ${id} primary key, account ${id} not null, primary_region ${id} not null) ${strict}`,
    sql`create index multi_region_keys_of_account on multi_region_keys (account)`,
    sql`create table wrapping_keys (
      id ${id} primary key, key_id ${id} not null, algorithm text not null, sealed ${bytes} not null,
      valid_to ${int} not null) ${strict}`,
    sql`create index wrapping_keys_of_key on wrapping_keys (key_id, valid_to)`,
    sql`create index audit_records_of_key_uses on audit_records (resource, id) where ${sql.raw(KEY_USES)}`,
  ]);
}
