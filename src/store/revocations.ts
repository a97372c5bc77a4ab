import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface Revocation {
  readonly issuerId: string;
  readonly serial: string;
  readonly reason: number;
  readonly revokedAt: EpochMillis;
  readonly notAfter: EpochMillis;
}

/** The state of an issuer's CRL. */
export interface CrlRow {
  readonly revision: number;
  readonly covers: number;
  readonly number: number;
  readonly thisUpdate: EpochMillis | null;
  readonly nextUpdate: EpochMillis | null;
}

/** When a certificate that this issuer signed ends; undefined when it signed none of this serial. */
export async function findIssuedNotAfter(db: Db, issuerId: string, serial: string): Promise<EpochMillis | undefined> {
  const leaf = await db
    .selectFrom("caIssuances")
    .select("notAfter")
    .where("serial", "=", serial)
    .where("issuerId", "=", issuerId)
    .where("state", "=", "signed")
    .executeTakeFirst();
  if (leaf) return leaf.notAfter;
  const issuer = await db
    .selectFrom("caIssuers")
    .select("notAfter")
    .where((row) =>
      row.or([
        row.and([row("parentId", "=", issuerId), row("serial", "=", serial)]),
        row.and([row("crossParentId", "=", issuerId), row("crossSerial", "=", serial)]),
      ]),
    )
    .executeTakeFirst();
  return issuer?.notAfter;
}

/** Adds a revocation and makes the issuer's CRL stale. False, and nothing changes, when the serial is revoked already. */
export async function insertRevocation(tx: Tx, revocation: Revocation): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caRevocations")
    .values(revocation)
    .onConflict((conflict) => conflict.columns(["issuerId", "serial"]).doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await tx
    .updateTable("caCrls")
    .set((row) => ({ revision: row("revision", "+", 1) }))
    .where("issuerId", "=", revocation.issuerId)
    .execute();
  return true;
}

/** Whether this issuer signed a certificate of this serial number, and whether it is revoked. */
export async function findCertificateStatus(
  db: Db,
  issuerId: string,
  serial: string,
): Promise<{ readonly issued: boolean; readonly revocation: Pick<Revocation, "reason" | "revokedAt"> | undefined }> {
  const leaf = await db
    .selectFrom("caIssuances")
    .leftJoin("caRevocations", (join) =>
      join
        .onRef("caRevocations.serial", "=", "caIssuances.serial")
        .onRef("caRevocations.issuerId", "=", "caIssuances.issuerId"),
    )
    .select(["caRevocations.reason", "caRevocations.revokedAt"])
    .where("caIssuances.serial", "=", serial)
    .where("caIssuances.issuerId", "=", issuerId)
    .where("caIssuances.state", "=", "signed")
    .executeTakeFirst();
  if (leaf) return { issued: true, revocation: asRevocation(leaf) };
  const authority = await db
    .selectFrom("caRevocations")
    .select(["reason", "revokedAt"])
    .where("issuerId", "=", issuerId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  if (authority) return { issued: true, revocation: authority };
  return { issued: (await findIssuedNotAfter(db, issuerId, serial)) !== undefined, revocation: undefined };
}

/** Everything revoked whose certificate ends after `endsAfter`, in the order of serials. */
export function listRevocations(
  db: Db,
  issuerId: string,
  endsAfter: EpochMillis,
): Promise<Pick<Revocation, "serial" | "reason" | "revokedAt">[]> {
  return db
    .selectFrom("caRevocations")
    .select(["serial", "reason", "revokedAt"])
    .where("issuerId", "=", issuerId)
    .where("notAfter", ">", endsAfter)
    .orderBy("serial")
    .execute();
}

export async function findCrlState(db: Db, issuerId: string): Promise<CrlRow | undefined> {
  return await db
    .selectFrom("caCrls")
    .select(["revision", "covers", "number", "thisUpdate", "nextUpdate"])
    .where("issuerId", "=", issuerId)
    .executeTakeFirst();
}

export async function findCrl(
  db: Db,
  issuerId: string,
): Promise<{ number: number; crl: Uint8Array | null; nextUpdate: EpochMillis | null } | undefined> {
  return await db
    .selectFrom("caCrls")
    .select(["number", "crl", "nextUpdate"])
    .where("issuerId", "=", issuerId)
    .executeTakeFirst();
}

/** Publishes the CRL that follows number `after`. False when another node published one meanwhile. */
export async function replaceCrl(
  db: Db,
  issuerId: string,
  after: number,
  next: {
    readonly crl: Uint8Array;
    readonly covers: number;
    readonly thisUpdate: EpochMillis;
    readonly nextUpdate: EpochMillis;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("caCrls")
    .set({ ...next, number: after + 1 })
    .where("issuerId", "=", issuerId)
    .where("number", "=", after)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

function asRevocation(row: {
  readonly reason: number | null;
  readonly revokedAt: EpochMillis | null;
}): Pick<Revocation, "reason" | "revokedAt"> | undefined {
  return row.reason === null || row.revokedAt === null ? undefined : { reason: row.reason, revokedAt: row.revokedAt };
}
