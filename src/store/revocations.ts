import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";
import type { Tables } from "./tables.ts";

export interface Revocation {
  readonly issuerId: string;
  readonly serial: string;
  /** Which part of the issuer's CRL lists it. */
  readonly shard: number;
  readonly reason: number;
  readonly revokedAt: EpochMillis;
  readonly notAfter: EpochMillis;
}

/** What is known of a certificate that an issuer signed. */
export interface IssuedCertificate {
  readonly notAfter: EpochMillis;
  /** 0 for a CA certificate. */
  readonly shard: number;
}

/** When a certificate that this issuer signed ends, and its shard; undefined when it signed none of this serial. */
export async function findIssuedCertificate(
  db: Db,
  issuerId: string,
  serial: string,
): Promise<IssuedCertificate | undefined> {
  const leaf = await db
    .selectFrom("caIssuances")
    .select(["notAfter", "shard"])
    .where("serial", "=", serial)
    .where("issuerId", "=", issuerId)
    .where(wasIssued)
    .executeTakeFirst();
  if (leaf) return leaf;
  const issuer = await db
    .selectFrom("caIssuers")
    .select("notAfter")
    .where("parentId", "=", issuerId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  if (issuer) return { notAfter: issuer.notAfter, shard: 0 };
  const cross = await db
    .selectFrom("caCrossCertificates")
    .select("notAfter")
    .where("signerId", "=", issuerId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  return cross && { notAfter: cross.notAfter, shard: 0 };
}

/** Adds a revocation: one row, whatever else is stored. False, and nothing changes, when the serial is revoked already. */
export async function insertRevocation(tx: Tx, revocation: Revocation): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("caRevocations")
    .values({ ...revocation, listedIn: null })
    .onConflict((conflict) => conflict.columns(["issuerId", "serial"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether this issuer signed a certificate of this serial number, and whether it is revoked. */
export async function findCertificateStatus(
  db: Db,
  issuerId: string,
  serial: string,
): Promise<{ readonly issued: boolean; readonly revocation: Pick<Revocation, "reason" | "revokedAt"> | undefined }> {
  const [leaf] = await leafStatus(db, issuerId, serial);
  if (leaf) return { issued: true, revocation: asRevocation(leaf) };
  const authority = await db
    .selectFrom("caRevocations")
    .select(["reason", "revokedAt"])
    .where("issuerId", "=", issuerId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  if (authority) return { issued: true, revocation: authority };
  return { issued: (await findIssuedCertificate(db, issuerId, serial)) !== undefined, revocation: undefined };
}

const leafStatus = prepared((db, issuerId: string, serial: string) =>
  db
    .selectFrom("caIssuances")
    .leftJoin("caRevocations", (join) =>
      join
        .onRef("caRevocations.serial", "=", "caIssuances.serial")
        .onRef("caRevocations.issuerId", "=", "caIssuances.issuerId"),
    )
    .select(["caRevocations.reason", "caRevocations.revokedAt"])
    .where("caIssuances.serial", "=", serial)
    .where("caIssuances.issuerId", "=", issuerId)
    .where(wasIssued),
);

/** BR 4.9.10: who signs a precertificate has issued its serial number, whatever becomes of the certificate. */
function wasIssued(row: ExpressionBuilder<Tables, "caIssuances">): Expression<SqlBool> {
  return row.or([
    row("caIssuances.state", "=", "signed"),
    row("caIssuances.logPosition", "is not", null),
    row("caIssuances.precertificate", "is not", null),
  ]);
}

/** What a CRL of a shard lists: all that it did not list yet, and what ends after `endsAfter`; in the order of serials. */
export function listRevocations(
  db: Db,
  issuerId: string,
  shard: number,
  endsAfter: EpochMillis,
): Promise<(Pick<Revocation, "serial" | "reason" | "revokedAt"> & { readonly listedIn: number | null })[]> {
  return db
    .selectFrom("caRevocations")
    .select(["serial", "reason", "revokedAt", "listedIn"])
    .where("issuerId", "=", issuerId)
    .where("shard", "=", shard)
    .where((row) => row.or([row("listedIn", "is", null), row("notAfter", ">", endsAfter)]))
    .orderBy("serial")
    .execute();
}

/** Notes that these certificates stand in a CRL of this number. Those that stood in an earlier one keep that. */
export async function markListed(
  tx: Tx,
  issuerId: string,
  serials: readonly string[],
  listedIn: number,
): Promise<void> {
  for (let from = 0; from < serials.length; from += MOST_AT_ONCE) {
    await tx
      .updateTable("caRevocations")
      .set({ listedIn })
      .where("issuerId", "=", issuerId)
      .where("serial", "in", serials.slice(from, from + MOST_AT_ONCE))
      .where("listedIn", "is", null)
      .execute();
  }
}

function asRevocation(row: {
  readonly reason: number | null;
  readonly revokedAt: EpochMillis | null;
}): Pick<Revocation, "reason" | "revokedAt"> | undefined {
  return row.reason === null || row.revokedAt === null ? undefined : { reason: row.reason, revokedAt: row.revokedAt };
}

/** Both databases take tens of thousands of values in a statement. */
const MOST_AT_ONCE = 1_000;
