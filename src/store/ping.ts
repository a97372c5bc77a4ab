import type { Db } from "./store.ts";

/** Resolves when the database answers; rejects when it does not. */
export async function ping(db: Db): Promise<void> {
  await db.selectFrom("accounts").select("id").limit(1).execute();
}
