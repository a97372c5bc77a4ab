import type { CertificateArn, KeyArn } from "#domain/arn.ts";
import type {
  CertificateType,
  DomainStatus,
  FailureReason,
  ValidationMethod,
} from "#domain/certificate/certificate.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { RenewalStatus } from "#domain/certificate/renewal.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { AccountId, DomainName, Region } from "#domain/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface CertificateTables {
  /** One row for each certificate, narrow, because lists page through it. Everything big stands in its versions. */
  certificates: {
    arn: Fixed<CertificateArn>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    createdAt: Fixed<EpochMillis>;
    /** Hash over owner, idempotency token and parameters; unique, and null once the token's hour is over. */
    requestKey: string | null;
    type: Fixed<CertificateType>;
    status: CertificateStatus;
    keyAlgorithm: Fixed<KeyAlgorithm>;
    domainName: DomainName;
    /** JSON list in the order of the request, `domainName` first. */
    names: string;
    validationMethod: ValidationMethod | null;
    exportOption: Fixed<"ENABLED" | "DISABLED">;
    managedBy: Fixed<"CLOUDFRONT" | null>;
    /** The version in force; 0 before the first. */
    generation: number;
    notBefore: EpochMillis | null;
    notAfter: EpochMillis | null;
    issuedAt: EpochMillis | null;
    importedAt: EpochMillis | null;
    exportedAt: EpochMillis | null;
    revokedAt: EpochMillis | null;
    revocationReason: string | null;
    failureReason: FailureReason | null;
    /** Why the last try to issue or renew came to nothing, in words; null when it did not fail. */
    trouble: string | null;
    /** `,DIGITAL_SIGNATURE,KEY_ENCIPHERMENT,`: a name is in the list when it stands between two commas. */
    keyUsages: string;
    extendedKeyUsages: string;
    renewal: RenewalStatus;
    renewalReason: FailureReason | null;
    renewalStartedAt: EpochMillis | null;
    renewalUpdatedAt: EpochMillis | null;
  };
  /**
   * A key, and from its issue on the certificate for it. Generation `certificates.generation` is in force, the next
   * one may be in the making, earlier ones are destroyed.
   */
  certificateVersions: {
    certificateArn: Fixed<CertificateArn>;
    generation: Fixed<number>;
    keyArn: Fixed<KeyArn>;
    wrappedDataKey: Fixed<Uint8Array>;
    sealedKey: Fixed<Uint8Array>;
    subjectPublicKeyInfo: Fixed<Uint8Array>;
    madeAt: Fixed<EpochMillis>;
    /** Lower-case hexadecimal without colons; null, with all that follows, until the certificate is signed. */
    serial: string | null;
    subject: string | null;
    issuer: string | null;
    signatureAlgorithm: string | null;
    /** JSON list of object identifiers, in the order of `certificates.extendedKeyUsages`. */
    extendedKeyUsageOids: string | null;
    /** PEM. */
    certificate: string | null;
    /** PEM of the certificates above the leaf; null when an imported certificate brought none. */
    chain: string | null;
  };
  /** How control of one domain is proved, for the first issue or for the latest renewal. */
  domainValidations: {
    certificateArn: Fixed<CertificateArn>;
    purpose: Fixed<"ISSUE" | "RENEWAL">;
    /** The domain's place in the request. */
    position: Fixed<number>;
    domainName: Fixed<DomainName>;
    validationDomain: Fixed<DomainName>;
    method: Fixed<ValidationMethod>;
    status: DomainStatus;
    /** Lower case, without the last dot. */
    recordName: Fixed<string>;
    recordValue: Fixed<string>;
    /** When it is looked up next, while it is pending. */
    checkAt: EpochMillis;
    /** Look-ups done since the last one that mattered. */
    checks: number;
    checkedAt: EpochMillis | null;
    /** Why the last look-up did not prove it, in words. */
    problem: string | null;
    /** JSON: what was asked, and what answered. */
    lookups: string | null;
  };
  /** Who uses a certificate. InUseBy, RenewalEligibility and the edges' right to the key all derive from here. */
  certificateAssociations: {
    certificateArn: Fixed<CertificateArn>;
    resourceArn: Fixed<string>;
    keyArn: Fixed<KeyArn>;
    grantId: Fixed<string>;
    grantToken: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
  };
  certificateTags: {
    certificateArn: Fixed<CertificateArn>;
    tagKey: Fixed<string>;
    tagValue: string | null;
    /** The order in which they were given. */
    position: number;
  };
  /** Random values made once for the whole installation, each sealed by the root of custody under its name. */
  instanceSecrets: {
    name: Fixed<string>;
    sealed: Fixed<Uint8Array>;
  };
}
