import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** The next version of an account's certificate for some names and a kind of key. */
export interface NextVersion {
  readonly certificateArn: CertificateArn;
  readonly generation: number;
}

/**
 * Gives out the next version of the account's certificate for these names and this kind of key, each once: of the ARN
 * that it has, or of `freshArn`.
 */
export async function takeNextVersion(
  tx: Tx,
  accountId: string,
  namesHash: string,
  keyAlgorithm: KeyAlgorithm,
  freshArn: CertificateArn,
): Promise<NextVersion> {
  const [row] = await nextVersion(tx, accountId, namesHash, keyAlgorithm, freshArn);
  if (!row) throw new Error(`no version of a certificate was given to account ${accountId}`);
  return { certificateArn: row.certificateArn, generation: row.lastGeneration };
}

const nextVersion = prepared(
  (db, accountId: string, namesHash: string, keyAlgorithm: KeyAlgorithm, certificateArn: CertificateArn) =>
    db
      .insertInto("acmeCertificates")
      .values({ accountId, namesHash, keyAlgorithm, certificateArn, lastGeneration: 1 })
      .onConflict((conflict) =>
        conflict
          .columns(["accountId", "namesHash", "keyAlgorithm"])
          .doUpdateSet((row) => ({ lastGeneration: row("acmeCertificates.lastGeneration", "+", 1) })),
      )
      .returning(["certificateArn", "lastGeneration"]),
);

/** The next order for the same names gets another ARN: this certificate was revoked. */
export async function releaseCertificateArn(tx: Tx, certificateArn: CertificateArn): Promise<void> {
  await tx.deleteFrom("acmeCertificates").where("certificateArn", "=", certificateArn).execute();
}

/** A certificate that was signed for an ACME client, by its serial number. */
export interface AcmeIssued {
  readonly certificateArn: CertificateArn;
  /** Which of the ARN's versions this is. */
  readonly generation: number;
  readonly issuerId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly accountId: string | null;
  readonly notBefore: EpochMillis;
  readonly notAfter: EpochMillis;
  readonly revoked: boolean;
  /** When its client shall renew it, where somebody said; of the version in force only. */
  readonly renewAt: EpochMillis | null;
}

/** What an endpoint issued under a serial number (lower-case hexadecimal); undefined when it issued nothing such. */
export async function findAcmeIssued(
  db: Db,
  endpointArn: AcmeEndpointArn,
  serial: string,
): Promise<AcmeIssued | undefined> {
  const [row] = await issuedBySerial(db, endpointArn, serial);
  if (!row?.certificate) return undefined;
  const { inForce, renewAt, ...issued } = row;
  return {
    ...issued,
    certificate: row.certificate,
    revoked: row.revokedAt !== null,
    renewAt: inForce === row.generation ? renewAt : null,
  };
}

const issuedBySerial = prepared((db, endpointArn: AcmeEndpointArn, serial: string) =>
  db
    .selectFrom("caIssuances")
    .innerJoin("certificates", "certificates.arn", "caIssuances.certificateArn" as never)
    .leftJoin("caRevocations", (join) =>
      join
        .onRef("caRevocations.issuerId", "=", "caIssuances.issuerId")
        .onRef("caRevocations.serial", "=", "caIssuances.serial"),
    )
    .select([
      "certificates.arn as certificateArn",
      "caIssuances.generation",
      "caIssuances.issuerId",
      "caIssuances.certificate",
      "certificates.acmeAccountId as accountId",
      "certificates.generation as inForce",
      "certificates.renewAt",
      "caIssuances.notBefore",
      "caIssuances.notAfter",
      "caRevocations.revokedAt",
    ])
    .where("caIssuances.serial", "=", serial)
    .where("caIssuances.state", "=", "signed")
    .where("certificates.acmeEndpointArn", "=", endpointArn),
);

/** Keeps a key from ever being certified again. */
export async function noteCompromisedKey(tx: Tx, keyHash: string, noticedAt: EpochMillis): Promise<void> {
  await tx
    .insertInto("acmeCompromisedKeys")
    .values({ keyHash, noticedAt })
    .onConflict((conflict) => conflict.column("keyHash").doNothing())
    .execute();
}

export async function isCompromisedKey(db: Db, keyHash: string): Promise<boolean> {
  return (await compromised(db, keyHash)).length > 0;
}

const compromised = prepared((db, keyHash: string) =>
  db.selectFrom("acmeCompromisedKeys").select("keyHash").where("keyHash", "=", keyHash),
);
