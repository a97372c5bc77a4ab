import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** The state of a CRL; it is stale when `covers` is behind `revision`. */
export interface PrivateCrlRow {
  readonly revision: number;
  readonly covers: number;
  readonly number: number;
  readonly thisUpdate: EpochMillis | null;
  readonly nextUpdate: EpochMillis | null;
}

/** Makes CRLs of a CA stale, those of these parts; the empty part is the whole. */
export async function touchCrls(tx: Tx, caId: string, parts: readonly string[]): Promise<void> {
  await tx
    .insertInto("privateCaCrls")
    .values(parts.map((part) => ({ caId, part, revision: 1, covers: 0, number: 0 })))
    .onConflict((conflict) =>
      conflict.columns(["caId", "part"]).doUpdateSet((row) => ({ revision: row("privateCaCrls.revision", "+", 1) })),
    )
    .execute();
}

/** Begins a part's CRL, where nothing of it was revoked yet. */
export async function beginCrl(db: Db, caId: string, part: string): Promise<void> {
  await db
    .insertInto("privateCaCrls")
    .values({ caId, part, revision: 1, covers: 0, number: 0 })
    .onConflict((conflict) => conflict.columns(["caId", "part"]).doNothing())
    .execute();
}

export async function findPrivateCrl(
  db: Db,
  caId: string,
  part: string,
): Promise<(PrivateCrlRow & { readonly crl: Uint8Array | null }) | undefined> {
  return await db
    .selectFrom("privateCaCrls")
    .select(["revision", "covers", "number", "thisUpdate", "nextUpdate", "crl"])
    .where("caId", "=", caId)
    .where("part", "=", part)
    .executeTakeFirst();
}

/** Publishes the CRL that follows number `after`. False when another node published one meanwhile. */
export async function replacePrivateCrl(
  db: Db,
  { caId, part, after }: { readonly caId: string; readonly part: string; readonly after: number },
  next: {
    readonly crl: Uint8Array;
    readonly covers: number;
    readonly thisUpdate: EpochMillis;
    readonly nextUpdate: EpochMillis;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("privateCaCrls")
    .set({ ...next, number: after + 1 })
    .where("caId", "=", caId)
    .where("part", "=", part)
    .where("number", "=", after)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
