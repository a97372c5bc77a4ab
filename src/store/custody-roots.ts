import type { Store } from "./store.ts";

/** Which root of custody a store's keys are sealed under. */
export interface CustodyRoot {
  readonly fingerprint: string;
  /** The salt of a passphrase; undefined for a key file. */
  readonly salt: Uint8Array | undefined;
}

/** The root of this store; undefined before the first start. */
export async function findCustodyRoot(store: Store): Promise<CustodyRoot | undefined> {
  const row = await store
    .selectFrom("custodyRoots")
    .select(["fingerprint", "salt"])
    .where("id", "=", 1)
    .executeTakeFirst();
  return row && { fingerprint: row.fingerprint, salt: row.salt ?? undefined };
}

/** Notes the root of a new store; of several nodes that start at once the first one's stays. */
export async function insertCustodyRoot(store: Store, root: CustodyRoot, now: Date): Promise<void> {
  await store
    .insertInto("custodyRoots")
    .values({ id: 1, fingerprint: root.fingerprint, salt: root.salt ?? null, createdAt: now.getTime() })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}
