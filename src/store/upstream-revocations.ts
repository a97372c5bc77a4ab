import type { Insertable, Selectable } from "kysely";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";
import type { UpstreamTables } from "./tables/upstream.ts";

export type UpstreamRevocation = Selectable<UpstreamTables["upstreamRevocations"]>;

/** Writes down what is to be revoked, unless it was before: `id` names the certificate. */
export async function insertUpstreamRevocation(
  tx: Tx,
  revocation: Insertable<UpstreamTables["upstreamRevocations"]>,
): Promise<void> {
  await tx
    .insertInto("upstreamRevocations")
    .values(revocation)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

export async function findUpstreamRevocation(db: Db, id: string): Promise<UpstreamRevocation | undefined> {
  return await db
    .selectFrom("upstreamRevocations")
    .select(["id", "ca", "certificateArn", "certificate", "reason", "requestedAt", "revokedAt"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** The CA has revoked it. */
export async function recordUpstreamRevoked(db: Db, id: string, revokedAt: EpochMillis): Promise<void> {
  await db
    .updateTable("upstreamRevocations")
    .set({ revokedAt })
    .where("id", "=", id)
    .where("revokedAt", "is", null)
    .execute();
}
