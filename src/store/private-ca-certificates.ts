import { type Insertable, type Selectable, sql } from "kysely";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { PrivateCaTables } from "./tables/private-ca.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<PrivateCaTables["privateCaCertificates"]>;
export type IssuedRow = Pick<Row, (typeof COLUMNS)[number]>;
export type NewIssued = Omit<Insertable<PrivateCaTables["privateCaCertificates"]>, "state">;

/** Writes down what will be signed. False, and nothing is written, when its request or its version is there already. */
export async function insertIssued(tx: Tx, issued: NewIssued): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("privateCaCertificates")
    .values({ ...issued, state: "prepared" })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Frees a request key from what was asked for at `before` or earlier, so that it may be used afresh. */
export async function releaseIssuedRequestKey(tx: Tx, requestKey: string, before: EpochMillis): Promise<void> {
  await tx
    .updateTable("privateCaCertificates")
    .set({ requestKey: null })
    .where("requestKey", "=", requestKey)
    .where("preparedAt", "<=", before)
    .execute();
}

/** What the ARN ends in of what was asked for with this key. */
export async function findIssuedByRequestKey(db: Db, requestKey: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("privateCaCertificates")
    .select("arnId")
    .where("requestKey", "=", requestKey)
    .executeTakeFirst();
  return row?.arnId;
}

export async function findIssued(db: Db, caId: string, serial: string): Promise<IssuedRow | undefined> {
  const [row] = await issuedBySerial(db, caId, serial);
  return row;
}

const issuedBySerial = prepared((db, caId: string, serial: string) =>
  db.selectFrom("privateCaCertificates").select(COLUMNS).where("caId", "=", caId).where("serial", "=", serial),
);

/** What is signed, or will be, for a version of a certificate of ACM. */
export async function findIssuedVersion(
  db: Db,
  certificateArn: string,
  generation: number,
): Promise<IssuedRow | undefined> {
  return await db
    .selectFrom("privateCaCertificates")
    .select(COLUMNS)
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .where("state", "<>", sql.lit("abandoned")) // as the index says it, so that it is used
    .executeTakeFirst();
}

/** Moves what was prepared to `signing`: undefined when somebody did so before, or it was abandoned. */
export async function takeIssued(
  db: Db,
  caId: string,
  serial: string,
  signingAt: EpochMillis,
): Promise<IssuedRow | undefined> {
  return await db
    .updateTable("privateCaCertificates")
    .set({ state: "signing", signingAt })
    .where("caId", "=", caId)
    .where("serial", "=", serial)
    .where("state", "=", "prepared")
    .returning(COLUMNS)
    .executeTakeFirst();
}

/** Moves from `signing` to `signed` with what was signed. False when it was abandoned meanwhile. */
export async function finishIssued(
  tx: Tx,
  { caId, serial }: Pick<IssuedRow, "caId" | "serial">,
  certificate: Uint8Array,
  signedAt: EpochMillis,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("privateCaCertificates")
    .set({ state: "signed", tbs: null, certificate, signedAt })
    .where("caId", "=", caId)
    .where("serial", "=", serial)
    .where("state", "=", "signing")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/**
 * Gives up what somebody took for signing before `takenBefore` and never finished, for another serial number or, with
 * null, for good. False when there is no such thing.
 */
export async function abandonIssued(
  tx: Db,
  { caId, serial }: Pick<IssuedRow, "caId" | "serial">,
  { takenBefore, replacedBy }: { readonly takenBefore: EpochMillis; readonly replacedBy: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("privateCaCertificates")
    .set({ state: "abandoned", tbs: null, requestKey: null, replacedBy })
    .where("caId", "=", caId)
    .where("serial", "=", serial)
    .where("state", "=", "signing")
    .where("signingAt", "<", takenBefore)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Marks a certificate as revoked. False, and nothing changes, when it is already. */
export async function markRevoked(
  tx: Tx,
  { caId, serial }: Pick<IssuedRow, "caId" | "serial">,
  revokedAt: EpochMillis,
  reason: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("privateCaCertificates")
    .set({ revokedAt, reason })
    .where("caId", "=", caId)
    .where("serial", "=", serial)
    .where("state", "=", "signed")
    .where("revokedAt", "is", null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Everything revoked whose certificate ends after `endsAfter`, in the order of serial numbers. */
export async function listRevoked(
  db: Db,
  caId: string,
  endsAfter: EpochMillis,
): Promise<{ readonly serial: string; readonly reason: number; readonly revokedAt: EpochMillis }[]> {
  const rows = await db
    .selectFrom("privateCaCertificates")
    .select(["serial", "reason", "revokedAt"])
    .where("caId", "=", caId)
    .where("revokedAt", "is not", null)
    .where("notAfter", ">", endsAfter)
    .orderBy("serial")
    .execute();
  return rows.map(({ serial, reason, revokedAt }) => ({ serial, reason: reason ?? 0, revokedAt: revokedAt ?? 0 }));
}

/** The next certificates of a CA behind `after`, in the order of serial numbers: what an audit report lists. */
export function pageIssued(db: Db, caId: string, after: string, limit: number): Promise<IssuedRow[]> {
  return db
    .selectFrom("privateCaCertificates")
    .select(COLUMNS)
    .where("caId", "=", caId)
    .where("serial", ">", after)
    .orderBy("serial")
    .limit(limit)
    .execute();
}

/** Forgets some of what a CA issued, at most `limit`; answers whether there is more. */
export async function deleteSomeIssued(db: Db, caId: string, limit: number): Promise<boolean> {
  const some = db.selectFrom("privateCaCertificates").select("serial").where("caId", "=", caId).limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom("privateCaCertificates")
    .where("caId", "=", caId)
    .where("serial", "in", some)
    .executeTakeFirstOrThrow();
  return numDeletedRows >= BigInt(limit);
}

const COLUMNS = [
  "caId",
  "serial",
  "arnId",
  "state",
  "replacedBy",
  "requestKey",
  "certificateArn",
  "generation",
  "signature",
  "tbs",
  "certificate",
  "template",
  "subject",
  "requestedBy",
  "notBefore",
  "notAfter",
  "preparedAt",
  "signingAt",
  "signedAt",
  "revokedAt",
  "reason",
] as const;
