import type { Selectable } from "kysely";
import type { CertificateArn, KeyArn } from "#domain/arn.ts";
import { preparedInsert } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { CertificateTables } from "./tables/certificates.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A private key under two seals, and where the outer one's master key lives. */
export interface SealedKey {
  readonly keyArn: KeyArn;
  readonly wrappedDataKey: Uint8Array;
  readonly sealedKey: Uint8Array;
}

export interface NewVersion {
  /** Undefined where an ACME client keeps the key. */
  readonly sealed: SealedKey | undefined;
  readonly certificateArn: CertificateArn;
  readonly generation: number;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly madeAt: EpochMillis;
}

/** What a version has from its issue on. */
export interface SignedVersion {
  /** Lower-case hexadecimal without colons. */
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly signatureAlgorithm: string;
  /** In the order of `certificates.extendedKeyUsages`; null for the one that has none. */
  readonly extendedKeyUsageOids: readonly (string | null)[];
  readonly certificate: string;
  readonly chain: string | undefined;
}

/** Keeps a new key for a certificate, before anything is signed for it. */
export async function insertVersion(tx: Tx, { sealed, ...version }: NewVersion): Promise<void> {
  const { keyArn = null, wrappedDataKey = null, sealedKey = null } = sealed ?? {};
  await tx
    .insertInto("certificateVersions")
    .values({ ...version, keyArn, wrappedDataKey, sealedKey })
    .execute();
}

/** Keeps a version that was signed for a key which an ACME client keeps, in the place of the ones before. */
export async function replaceSignedVersion(
  tx: Tx,
  version: Omit<NewVersion, "sealed">,
  { extendedKeyUsageOids, ...signed }: SignedVersion,
): Promise<void> {
  const { certificateArn, generation } = version;
  if (generation > 1) await deleteVersionsBefore(tx, certificateArn, generation);
  await insertSigned(tx, {
    ...version,
    ...signed,
    chain: signed.chain ?? null,
    extendedKeyUsageOids: JSON.stringify(extendedKeyUsageOids),
  });
}

const insertSigned = preparedInsert("certificateVersions", [
  "certificateArn",
  "generation",
  "subjectPublicKeyInfo",
  "madeAt",
  "serial",
  "subject",
  "issuer",
  "signatureAlgorithm",
  "extendedKeyUsageOids",
  "certificate",
  "chain",
]);

/** The public half of a generation's key; undefined when none was made yet. */
export async function findPublicKey(
  db: Db,
  certificateArn: CertificateArn,
  generation: number,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom("certificateVersions")
    .select("subjectPublicKeyInfo")
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .executeTakeFirst();
  return row?.subjectPublicKeyInfo;
}

/** Both halves of a generation's key; undefined when none was made yet, or an ACME client keeps it. */
export async function findVersionKey(
  db: Db,
  certificateArn: CertificateArn,
  generation: number,
): Promise<{ readonly subjectPublicKeyInfo: Uint8Array; readonly sealed: SealedKey } | undefined> {
  const row = await db
    .selectFrom("certificateVersions")
    .select(["subjectPublicKeyInfo", "keyArn", "wrappedDataKey", "sealedKey"])
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .executeTakeFirst();
  const { subjectPublicKeyInfo, keyArn, wrappedDataKey, sealedKey } = row ?? {};
  return subjectPublicKeyInfo && keyArn && wrappedDataKey && sealedKey
    ? { subjectPublicKeyInfo, sealed: { keyArn, wrappedDataKey, sealedKey } }
    : undefined;
}

/** Puts the signed certificate beside its key. False when there is no such key. */
export async function completeVersion(
  tx: Tx,
  certificateArn: CertificateArn,
  generation: number,
  { extendedKeyUsageOids, chain, ...signed }: SignedVersion,
): Promise<boolean> {
  const row = await tx
    .updateTable("certificateVersions")
    .set({ ...signed, chain: chain ?? null, extendedKeyUsageOids: JSON.stringify(extendedKeyUsageOids) })
    .where("certificateArn", "=", certificateArn)
    .where("generation", "=", generation)
    .returning("generation")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Destroys the sealed keys of all generations before `generation`: edges that still use one hold it opened. Answers the
 * generations that had one.
 */
export async function deleteVersionsBefore(
  tx: Tx,
  certificateArn: CertificateArn,
  generation: number,
): Promise<readonly number[]> {
  const rows = await tx
    .deleteFrom("certificateVersions")
    .where("certificateArn", "=", certificateArn)
    .where("generation", "<", generation)
    .returning(["generation", "keyArn"])
    .execute();
  return rows.flatMap((row) => (row.keyArn === null ? [] : [row.generation]));
}

/** The sealed key and the certificate in force; undefined before the first issue. */
export async function findCurrentVersion(db: Db, arn: CertificateArn): Promise<CurrentVersion | undefined> {
  const row = await db
    .selectFrom("certificates")
    .innerJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select(VERSION_COLUMNS)
    .where("certificates.arn", "=", arn)
    .executeTakeFirst();
  return row && signedVersion(row);
}

/** A generation that was signed and not destroyed. */
export async function findVersion(
  db: Db,
  arn: CertificateArn,
  generation: number,
): Promise<CurrentVersion | undefined> {
  const row = await db
    .selectFrom("certificateVersions")
    .select(VERSION_COLUMNS)
    .where("certificateVersions.certificateArn", "=", arn)
    .where("certificateVersions.generation", "=", generation)
    .executeTakeFirst();
  return row && signedVersion(row);
}

const VERSION_COLUMNS = [
  "certificateVersions.generation",
  "certificateVersions.keyArn",
  "certificateVersions.wrappedDataKey",
  "certificateVersions.sealedKey",
  "certificateVersions.serial",
  "certificateVersions.certificate",
  "certificateVersions.chain",
] as const;

function signedVersion(
  row: Pick<
    Selectable<CertificateTables["certificateVersions"]>,
    "generation" | "keyArn" | "wrappedDataKey" | "sealedKey" | "serial" | "certificate" | "chain"
  >,
): CurrentVersion | undefined {
  if (row.serial === null || row.certificate === null) return undefined;
  const { generation, serial, certificate, chain, keyArn, wrappedDataKey, sealedKey } = row;
  return {
    generation,
    serial,
    certificate,
    chain: chain ?? undefined,
    sealed: keyArn && wrappedDataKey && sealedKey ? { keyArn, wrappedDataKey, sealedKey } : undefined,
  };
}

export interface CurrentVersion {
  readonly generation: number;
  /** Undefined where an ACME client keeps the key. */
  readonly sealed: SealedKey | undefined;
  readonly serial: string;
  readonly certificate: string;
  readonly chain: string | undefined;
}
