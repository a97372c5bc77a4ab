import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Marks a nonce as used; false when it was used before. */
export async function useAcmeNonce(db: Db, nonce: string, expiresAt: EpochMillis): Promise<boolean> {
  return (await insertNonce(db, nonce, expiresAt)).length > 0;
}

const insertNonce = prepared((db, nonce: string, expiresAt: EpochMillis) =>
  db
    .insertInto("acmeUsedNonces")
    .values({ nonce, expiresAt })
    .onConflict((conflict) => conflict.column("nonce").doNothing())
    .returning("nonce"),
);

/** Forgets nonces that are refused by their age. */
export async function forgetAcmeNonces(db: Db, before: EpochMillis): Promise<void> {
  await db.deleteFrom("acmeUsedNonces").where("expiresAt", "<", before).execute();
}
