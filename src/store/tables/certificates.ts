import type { CertificateArn, KeyArn } from "#domain/arn.ts";
import type {
  Authority,
  CertificateType,
  DomainStatus,
  FailureReason,
  KeyPairOrigin,
  ValidationMethod,
} from "#domain/certificate/certificate.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { MigrationStatus } from "#domain/certificate/migration.ts";
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
    keyPairOrigin: Fixed<KeyPairOrigin>;
    /** Null for imported certificates: nobody here signs them. */
    authority: Fixed<Authority | null>;
    /** The private CA's ARN; null for all others. */
    certificateAuthorityArn: Fixed<string | null>;
    /** Where an ACME client's certificate came in; null for all others. */
    acmeEndpointArn: Fixed<string | null>;
    acmeAccountId: Fixed<string | null>;
    status: CertificateStatus;
    keyAlgorithm: Fixed<KeyAlgorithm>;
    domainName: DomainName;
    /** In lower case, as searches compare it; null where the subject has none. */
    commonName: string | null;
    /** JSON list in the order of the request, `domainName` first. */
    names: string;
    validationMethod: ValidationMethod | null;
    exportOption: Fixed<"ENABLED" | "DISABLED">;
    managedBy: Fixed<"CLOUDFRONT" | null>;
    /** The principal who requested it: approval letters name them. Null where nobody did: imports, ACME clients. */
    requestedBy: Fixed<string | null>;
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
    /** When the CA wants it renewed (ARI, RFC 9773); null: when the policy says. */
    renewAt: EpochMillis | null;
    /** When an operator ordered another version, which is made though nobody may use it; null once it is in force. */
    orderedAt: EpochMillis | null;
    /** How far the change from e-mail to DNS validation has come; null where none was asked for. */
    migration: MigrationStatus | null;
    migrationStartedAt: EpochMillis | null;
    migrationUpdatedAt: EpochMillis | null;
  };
  /**
   * A key, and from its issue on the certificate for it. Generation `certificates.generation` is in force, the next
   * one may be in the making, earlier ones are destroyed.
   */
  certificateVersions: {
    certificateArn: Fixed<CertificateArn>;
    generation: Fixed<number>;
    /** Null, with the two that follow, where an ACME client keeps the key. */
    keyArn: Fixed<KeyArn | null>;
    wrappedDataKey: Fixed<Uint8Array | null>;
    sealedKey: Fixed<Uint8Array | null>;
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
  /** How control of one domain is proved, for the first issue, for the latest renewal, or for a change of method. */
  domainValidations: {
    certificateArn: Fixed<CertificateArn>;
    purpose: "ISSUE" | "RENEWAL" | "MIGRATION";
    /** The domain's place in the request. */
    position: Fixed<number>;
    domainName: Fixed<DomainName>;
    /** For e-mail a resend may change it. */
    validationDomain: DomainName;
    method: Fixed<ValidationMethod>;
    status: DomainStatus;
    /** DNS: the CNAME, in lower case and without the last dots. HTTP: RedirectFrom and RedirectTo. EMAIL: null. */
    recordName: Fixed<string | null>;
    recordValue: Fixed<string | null>;
    /** When it is looked up next, while it is pending. */
    checkAt: EpochMillis;
    /** Look-ups done since the last one that mattered. */
    checks: number;
    checkedAt: EpochMillis | null;
    /** Why the last look-up did not prove it, in words. */
    problem: string | null;
    /** JSON: what was asked, and what answered. */
    lookups: string | null;
    /** The same of the CAA records that were asked right before it was signed. */
    caaLookups: string | null;
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
