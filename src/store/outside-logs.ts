import type { Selectable } from "kysely";
import type { Db, Tx } from "./store.ts";
import type { IssuanceState } from "./tables/ca.ts";
import type { TransparencyTables } from "./tables/transparency.ts";
import type { EpochMillis } from "./tables/types.ts";

/** An intent as logs of others are asked for it. */
export interface LoggedIntent {
  readonly id: string;
  readonly certificateArn: string;
  readonly state: IssuanceState;
  readonly issuerId: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly shard: number;
  readonly tbs: Uint8Array | null;
  readonly precertificate: Uint8Array | null;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
  readonly preparedAt: EpochMillis;
}

export async function findIntent(db: Db, id: string): Promise<LoggedIntent | undefined> {
  return await db.selectFrom("caIssuances").select(INTENT).where("id", "=", id).executeTakeFirst();
}

/** The intent of this certificate and generation that waits for logs. */
export async function findLoggingIntent(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<LoggedIntent | undefined> {
  return await db
    .selectFrom("caIssuances")
    .select(INTENT)
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "=", "logging")
    .executeTakeFirst();
}

/** Moves an intent from `prepared` to `logging` with its precertificate. False when it is not `prepared` any more. */
export async function beginLogging(db: Db, intentId: string, precertificate: Uint8Array): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("caIssuances")
    .set({ state: "logging", precertificate })
    .where("id", "=", intentId)
    .where("state", "=", "prepared")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** What logs answered for an intent, by log id. */
export async function listTimestamps(db: Db, intentId: string): Promise<{ logId: string; timestamp: Uint8Array }[]> {
  return await db
    .selectFrom("ctTimestamps")
    .select(["logId", "timestamp"])
    .where("intentId", "=", intentId)
    .orderBy("logId")
    .execute();
}

/** Keeps what a log answered for an intent; the first answer stands. */
export async function insertTimestamp(
  tx: Tx,
  intentId: string,
  logId: string,
  timestamp: Uint8Array,
  at: EpochMillis,
): Promise<void> {
  await tx
    .insertInto("ctTimestamps")
    .values({ intentId, logId, timestamp })
    .onConflict((conflict) => conflict.columns(["intentId", "logId"]).doNothing())
    .execute();
  const answered = { answeredAt: at, failures: 0, leftAloneUntil: null };
  await tx
    .insertInto("ctOutsideLogs")
    .values({ logId, timestamps: 1, ...answered })
    .onConflict((conflict) =>
      conflict
        .column("logId")
        .doUpdateSet((row) => ({ timestamps: row("ctOutsideLogs.timestamps", "+", 1), ...answered })),
    )
    .execute();
}

/** Once they stand in the certificate. */
export async function deleteTimestamps(tx: Tx, intentId: string): Promise<void> {
  await tx.deleteFrom("ctTimestamps").where("intentId", "=", intentId).execute();
}

export type OutsideLogRow = Selectable<TransparencyTables["ctOutsideLogs"]>;

/** How logs answered; only those that were ever asked. */
export async function listOutsideLogs(db: Db): Promise<readonly OutsideLogRow[]> {
  return await db
    .selectFrom("ctOutsideLogs")
    .select(["logId", "timestamps", "answeredAt", "failedAt", "failures", "problem", "leftAloneUntil"])
    .orderBy("logId")
    .execute();
}

/** Notes that a log gave no timestamp. */
export async function noteLogFailure(
  db: Db,
  logId: string,
  failure: { readonly failedAt: EpochMillis; readonly problem: string; readonly leftAloneUntil: EpochMillis | null },
): Promise<void> {
  await db
    .insertInto("ctOutsideLogs")
    .values({ logId, timestamps: 0, failures: 1, ...failure })
    .onConflict((conflict) =>
      conflict.column("logId").doUpdateSet((row) => ({ failures: row("ctOutsideLogs.failures", "+", 1), ...failure })),
    )
    .execute();
}

const INTENT = [
  "id",
  "certificateArn",
  "state",
  "issuerId",
  "serial",
  "shard",
  "tbs",
  "precertificate",
  "notBefore",
  "notAfter",
  "preparedAt",
] as const;
