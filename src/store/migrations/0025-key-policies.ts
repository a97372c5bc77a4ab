import { sql } from "kysely";
import { type Raw, run } from "./columns.ts";

/** Keys have policies of their own. */
export async function up(db: Raw): Promise<void> {
  await run(db, [sql`alter table master_keys add column policy text`]);
}
