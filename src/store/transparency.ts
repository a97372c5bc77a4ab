import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface LogRow {
  readonly sealedKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly size: number;
  readonly publishedSize: number;
  readonly publishedAt: EpochMillis;
  readonly checkpoint: string | null;
}

export async function findLog(db: Db): Promise<LogRow | undefined> {
  return await db
    .selectFrom("ctLogs")
    .select(["sealedKey", "publicKey", "size", "publishedSize", "publishedAt", "checkpoint"])
    .where("id", "=", OWN)
    .executeTakeFirst();
}

/** Begins the log; where several nodes do so at once the first one's key stands, and the others are told false. */
export async function insertLog(db: Db, key: Pick<LogRow, "sealedKey" | "publicKey">): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("ctLogs")
    .values({ id: OWN, ...key, size: 0, publishedSize: 0, publishedAt: 0 })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** The place of one more entry, from 0. Others wait until `tx` ends, so that places have no gaps. */
export async function takeLogPlace(tx: Tx): Promise<number> {
  const { size } = await tx
    .updateTable("ctLogs")
    .set((row) => ({ size: row("size", "+", 1) }))
    .where("id", "=", OWN)
    .returning("size")
    .executeTakeFirstOrThrow();
  return size - 1;
}

export async function insertLogEntry(
  tx: Tx,
  entry: { readonly position: number; readonly leafHash: Uint8Array; readonly entry: Uint8Array },
): Promise<void> {
  await tx.insertInto("ctEntries").values(entry).execute();
}

export async function insertLogNode(tx: Tx, level: number, position: number, hash: Uint8Array): Promise<void> {
  await tx.insertInto("ctNodes").values({ level, position, hash }).execute();
}

/** The hashes of a level from place `from` on, in order: of leafs at level 0, of whole tiles above. */
export async function listLogHashes(db: Db, level: number, from: number, count: number): Promise<Buffer[]> {
  if (level === 0) {
    const rows = await db
      .selectFrom("ctEntries")
      .select("leafHash")
      .where("position", ">=", from)
      .where("position", "<", from + count)
      .orderBy("position")
      .execute();
    return rows.map(({ leafHash }) => Buffer.from(leafHash));
  }
  const rows = await db
    .selectFrom("ctNodes")
    .select("hash")
    .where("level", "=", level)
    .where("position", ">=", from)
    .where("position", "<", from + count)
    .orderBy("position")
    .execute();
  return rows.map(({ hash }) => Buffer.from(hash));
}

export async function listLogEntries(db: Db, from: number, count: number): Promise<Buffer[]> {
  const rows = await db
    .selectFrom("ctEntries")
    .select("entry")
    .where("position", ">=", from)
    .where("position", "<", from + count)
    .orderBy("position")
    .execute();
  return rows.map(({ entry }) => Buffer.from(entry));
}

/** Puts a checkpoint in the place of the one of `before`. False when another node published one meanwhile. */
export async function replaceCheckpoint(
  db: Db,
  before: Pick<LogRow, "publishedAt">,
  next: { readonly publishedSize: number; readonly publishedAt: EpochMillis; readonly checkpoint: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("ctLogs")
    .set(next)
    .where("id", "=", OWN)
    .where("publishedAt", "=", before.publishedAt)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export async function insertLogIssuer(tx: Tx, fingerprint: string, certificate: Uint8Array): Promise<void> {
  await tx
    .insertInto("ctIssuers")
    .values({ fingerprint, certificate })
    .onConflict((conflict) => conflict.column("fingerprint").doNothing())
    .execute();
}

export async function findLogIssuer(db: Db, fingerprint: string): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("ctIssuers")
    .select("certificate")
    .where("fingerprint", "=", fingerprint)
    .executeTakeFirst();
  return row?.certificate;
}

/** Notes where the precertificate of an intent that is being signed stands. False when the intent was given up. */
export async function markLogged(tx: Tx, intentId: string, logPosition: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("caIssuances")
    .set({ logPosition })
    .where("id", "=", intentId)
    .where("state", "=", "signing")
    .where("logPosition", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** What an intent that is being signed is to become, now that its timestamps are there. False when it was given up. */
export async function replaceIntentTbs(db: Db, intentId: string, tbs: Uint8Array): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("caIssuances")
    .set({ tbs })
    .where("id", "=", intentId)
    .where("state", "=", "signing")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Signed leafs in the order of their intents, after the one called `after`. */
export function listSignedLeafs(
  db: Db,
  after: string,
  limit: number,
): Promise<
  {
    readonly id: string;
    readonly issuerId: string;
    readonly serial: string;
    readonly certificate: Uint8Array | null;
    readonly logPosition: number | null;
  }[]
> {
  return db
    .selectFrom("caIssuances")
    .select(["id", "issuerId", "serial", "certificate", "logPosition"])
    .where("id", ">", after)
    .where("state", "=", "signed")
    .orderBy("id")
    .limit(limit)
    .execute();
}

const OWN = "own";
