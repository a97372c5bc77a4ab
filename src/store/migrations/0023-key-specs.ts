import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { bytes, int } = columns(db);
  await run(db, [
    sql`alter table master_keys add column spec text not null default 'SYMMETRIC_DEFAULT'`,
    sql`alter table master_keys add column usage text not null default 'ENCRYPT_DECRYPT'`,
    sql`alter table master_keys add column rotation_days ${int}`,
    sql`alter table master_keys add column rotation_at ${int}`,
    sql`alter table master_key_materials add column public_key ${bytes}`,
    sql`alter table master_key_materials add column rotation text`,
  ]);
}
