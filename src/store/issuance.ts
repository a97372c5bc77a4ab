import { prepared } from "./prepared.ts";
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
  /** Which part of the issuer's CRL it belongs to. */
  readonly shard: number;
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
  readonly precertificate: Uint8Array | null;
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
  const { id, certificateArn, generation, issuerId, serial, shard, tbs, notBefore, notAfter, preparedAt } = intent;
  const rows = await insertOne(
    tx,
    id,
    certificateArn,
    generation,
    issuerId,
    serial,
    shard,
    tbs,
    notBefore,
    notAfter,
    preparedAt,
  );
  return rows.length > 0;
}

const insertOne = prepared(
  (
    db,
    id: string,
    certificateArn: string,
    generation: number,
    issuerId: string,
    serial: string,
    shard: number,
    tbs: Uint8Array,
    notBefore: EpochMillis,
    notAfter: EpochMillis,
    preparedAt: EpochMillis,
  ) =>
    db
      .insertInto("caIssuances")
      .values({
        id,
        certificateArn,
        generation,
        issuerId,
        serial,
        shard,
        tbs,
        notBefore,
        notAfter,
        preparedAt,
        state: "prepared",
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("id"),
);

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

/** Gives up what was prepared and what waits for logs of others, or what somebody took for signing before `takenBefore` and never finished. */
export async function abandonIntent(
  tx: Tx,
  certificateArn: string,
  generation: number,
  takenBefore: EpochMillis,
): Promise<void> {
  await abandon(tx, certificateArn, generation, takenBefore);
}

const abandon = prepared((db, certificateArn: string, generation: number, takenBefore: EpochMillis) =>
  db
    .updateTable("caIssuances")
    .set({ state: "abandoned", tbs: null })
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where((row) =>
      row.or([
        row("state", "in", ["prepared", "logging"]),
        row.and([row("state", "=", "signing"), row("signingAt", "<", takenBefore)]),
      ]),
    ),
);

/** Moves an intent from `prepared` or `logging` to `signing`: undefined when somebody did so before, or it was abandoned. */
export async function takeIntent(db: Db, id: string, signingAt: EpochMillis): Promise<TakenIntent | undefined> {
  const [row] = await take(db, id, signingAt);
  return row;
}

const take = prepared((db, id: string, signingAt: EpochMillis) =>
  db
    .updateTable("caIssuances")
    .set({ state: "signing", signingAt })
    .where("id", "=", id)
    .where("state", "in", ["prepared", "logging"])
    .returning(["id", "certificateArn", "issuerId", "serial", "tbs", "precertificate", "notBefore", "notAfter"]),
);

/** Moves an intent from `signing` to `signed` with what was signed. False when it was abandoned meanwhile. */
export async function finishIntent(
  tx: Tx,
  id: string,
  certificate: Uint8Array,
  signedAt: EpochMillis,
): Promise<boolean> {
  return (await finish(tx, id, certificate, signedAt)).length > 0;
}

const finish = prepared((db, id: string, certificate: Uint8Array, signedAt: EpochMillis) =>
  db
    .updateTable("caIssuances")
    .set({ state: "signed", tbs: null, precertificate: null, certificate, signedAt })
    .where("id", "=", id)
    .where("state", "=", "signing")
    .returning("id"),
);

export async function findSignedIntent(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<SignedRow | undefined> {
  const [row] = await signedOf(db, certificateArn, generation);
  return row;
}

const signedOf = prepared((db, certificateArn: string, generation: number) =>
  db
    .selectFrom("caIssuances")
    .select(["id", "issuerId", "serial", "certificate", "notBefore", "notAfter"])
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "=", "signed"),
);
