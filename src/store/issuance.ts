import type { Db, Tx } from "./store.ts";
import type { IssuanceState } from "./tables/ca.ts";
import type { EpochMillis } from "./tables/types.ts";

/** What is about to be signed. */
export interface NewIntent {
  readonly id: string;
  readonly certificateArn: string;
  readonly generation: number;
  readonly issuerId: string;
  readonly serial: string;
  readonly tbs: Uint8Array;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
  readonly preparedAt: EpochMillis;
}

/** An intent that is taken for signing: nobody else may sign it any more. */
export interface TakenIntent {
  readonly id: string;
  readonly certificateArn: string;
  readonly issuerId: string;
  readonly serial: string;
  readonly tbs: Uint8Array | null;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
}

/** A signed certificate as it was recorded. */
export interface SignedRow {
  readonly id: string;
  readonly issuerId: string;
  readonly serial: string;
  readonly certificate: Uint8Array | null;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
}

/** Writes an intent down as `prepared`. False when another one of this certificate and generation is alive. */
export async function insertIntent(tx: Tx, intent: NewIntent): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caIssuances")
    .values({ ...intent, state: "prepared" })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** The state of the one intent that is not abandoned. */
export async function findLiveIntent(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<{ id: string; state: IssuanceState } | undefined> {
  return await db
    .selectFrom("caIssuances")
    .select(["id", "state"])
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "<>", "abandoned")
    .executeTakeFirst();
}

/** Gives up what was prepared, or what somebody took for signing before `takenBefore` and never finished. */
export async function abandonIntent(
  tx: Tx,
  certificateArn: string,
  generation: number,
  takenBefore: EpochMillis,
): Promise<void> {
  await tx
    .updateTable("caIssuances")
    .set({ state: "abandoned", tbs: null })
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where((row) =>
      row.or([
        row("state", "=", "prepared"),
        row.and([row("state", "=", "signing"), row("signingAt", "<", takenBefore)]),
      ]),
    )
    .execute();
}

/** Moves an intent from `prepared` to `signing`: undefined when somebody did so before, or it was abandoned. */
export async function takeIntent(db: Db, id: string, signingAt: EpochMillis): Promise<TakenIntent | undefined> {
  return await db
    .updateTable("caIssuances")
    .set({ state: "signing", signingAt })
    .where("id", "=", id)
    .where("state", "=", "prepared")
    .returning(["id", "certificateArn", "issuerId", "serial", "tbs", "notBefore", "notAfter"])
    .executeTakeFirst();
}

/** Moves an intent from `signing` to `signed` with what was signed. False when it was abandoned meanwhile. */
export async function finishIntent(
  tx: Tx,
  id: string,
  certificate: Uint8Array,
  signedAt: EpochMillis,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("caIssuances")
    .set({ state: "signed", tbs: null, certificate, signedAt })
    .where("id", "=", id)
    .where("state", "=", "signing")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export async function findSignedIntent(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<SignedRow | undefined> {
  return await db
    .selectFrom("caIssuances")
    .select(["id", "issuerId", "serial", "certificate", "notBefore", "notAfter"])
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "=", "signed")
    .executeTakeFirst();
}
