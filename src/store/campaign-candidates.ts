import { sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { Authority, KeyPairOrigin, ValidationMethod } from "#domain/certificate/certificate.ts";
import type { RenewalStatus } from "#domain/certificate/renewal.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { AccountId, DomainName, Region } from "#domain/names.ts";
import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** The version in force of a certificate, with everything that campaigns select and rank by. */
export interface Candidate {
  readonly arn: CertificateArn;
  readonly account: AccountId;
  readonly region: Region;
  readonly domainName: DomainName;
  readonly keyPairOrigin: KeyPairOrigin;
  readonly authority: Authority | null;
  readonly certificateAuthorityArn: string | null;
  readonly validationMethod: ValidationMethod | null;
  readonly status: CertificateStatus;
  readonly keyAlgorithm: string;
  readonly generation: number;
  /** When it was issued, or imported. */
  readonly issuedAt: EpochMillis | null;
  readonly notAfter: EpochMillis | null;
  readonly serial: string | null;
  readonly signatureAlgorithm: string | null;
  readonly subjectPublicKeyInfo: Uint8Array;
  /** PEM. */
  readonly certificate: string | null;
  /** Of the CA within; null for everybody else's. */
  readonly issuerId: string | null;
  readonly users: number;
  /** Listeners of edges that serve for one of these users. */
  readonly places: number;
  /** Whether this version's key was handed out. */
  readonly exported: boolean;
}

/** The next certificates that have a version in force, by their ARNs. */
export async function pageCandidates(
  db: Db,
  after: CertificateArn | undefined,
  limit: number,
): Promise<readonly Candidate[]> {
  const rows = await db
    .selectFrom("certificates")
    .innerJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select([
      "certificates.arn",
      "certificates.account",
      "certificates.region",
      "certificates.domainName",
      "certificates.keyPairOrigin",
      "certificates.authority",
      "certificates.certificateAuthorityArn",
      "certificates.validationMethod",
      "certificates.status",
      "certificates.keyAlgorithm",
      "certificates.generation",
      "certificates.issuedAt",
      "certificates.importedAt",
      "certificates.notAfter",
      "certificateVersions.serial",
      "certificateVersions.signatureAlgorithm",
      "certificateVersions.subjectPublicKeyInfo",
      "certificateVersions.certificate",
    ])
    .select((row) => [
      row
        .selectFrom("caIssuances")
        .select("caIssuances.issuerId")
        .where("caIssuances.certificateArn", "=", sql<string>`certificates.arn`)
        .whereRef("caIssuances.generation", "=", "certificates.generation")
        .where("caIssuances.state", "<>", sql.lit("abandoned")) // as the index says it, so that it is used
        .as("issuerId"),
      row
        .selectFrom("certificateAssociations")
        .select(({ fn }) => fn.countAll<number>().as("users"))
        .whereRef("certificateAssociations.certificateArn", "=", "certificates.arn")
        .as("users"),
      row
        .selectFrom("certificateAssociations")
        .innerJoin("edgeListeners", "edgeListeners.loadBalancerArn", "certificateAssociations.resourceArn")
        .select(({ fn }) => fn.countAll<number>().as("places"))
        .whereRef("certificateAssociations.certificateArn", "=", "certificates.arn")
        .where("edgeListeners.port", ">", 0)
        .as("places"),
      row
        .selectFrom("certificateExports")
        .select("certificateExports.generation")
        .whereRef("certificateExports.certificateArn", "=", "certificates.arn")
        .whereRef("certificateExports.generation", "=", "certificates.generation")
        .as("exportedGeneration"),
    ])
    .$if(after !== undefined, (query) => query.where("certificates.arn", ">", after ?? ("" as CertificateArn)))
    .orderBy("certificates.arn")
    .limit(limit)
    .execute();
  return rows.map(({ importedAt, issuedAt, exportedGeneration, users, places, ...row }) => ({
    ...row,
    issuedAt: issuedAt ?? importedAt,
    users: Number(users ?? 0),
    places: Number(places ?? 0),
    exported: exportedGeneration !== null,
  }));
}

/** What is decided from in a campaign, of a certificate as it is now. */
export interface ReplacementState {
  readonly status: CertificateStatus;
  readonly renewal: RenewalStatus;
  readonly generation: number;
  readonly certificateAuthorityArn: string | null;
  readonly exportedAt: EpochMillis | null;
  readonly renewAt: EpochMillis | null;
  readonly trouble: string | null;
  readonly serial: string | null;
  readonly certificate: string | null;
  readonly issuerId: string | null;
}

/** Reads it; undefined when the certificate was deleted. */
export async function readReplacement(db: Db, arn: CertificateArn): Promise<ReplacementState | undefined> {
  return await db
    .selectFrom("certificates")
    .leftJoin("certificateVersions", (join) =>
      join
        .onRef("certificateVersions.certificateArn", "=", "certificates.arn")
        .onRef("certificateVersions.generation", "=", "certificates.generation"),
    )
    .select([
      "certificates.status",
      "certificates.renewal",
      "certificates.generation",
      "certificates.certificateAuthorityArn",
      "certificates.exportedAt",
      "certificates.renewAt",
      "certificates.trouble",
      "certificateVersions.serial",
      "certificateVersions.certificate",
    ])
    .select((row) =>
      row
        .selectFrom("caIssuances")
        .select("caIssuances.issuerId")
        .where("caIssuances.certificateArn", "=", arn)
        .whereRef("caIssuances.generation", "=", "certificates.generation")
        .where("caIssuances.state", "<>", sql.lit("abandoned"))
        .as("issuerId"),
    )
    .where("certificates.arn", "=", arn)
    .executeTakeFirst();
}
