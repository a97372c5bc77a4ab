import { sql } from "kysely";
import { type Raw, run } from "./columns.ts";

/** Indexes by which a question costs what its answer is, however much is kept of others, or of what is over. */
export async function up(db: Raw): Promise<void> {
  await run(db, [
    sql`create index events_unrouted on events (lane, position) where routed = 0`,
    sql`drop index events_by_lane`,
    sql`create index events_of_owner on events (account, region, at, position)`,
    sql`create index acme_orders_failed on acme_orders (account_id, expires_at) where status = 'invalid'`,
  ]);
}
