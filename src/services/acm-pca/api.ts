import type { Io, SdkOf } from "#aws/schema.ts";
import type { Operation } from "#aws/service.ts";
import type { PrivateCaDeps } from "#ca/private/deps.ts";
import type { DistinguishedName } from "#domain/private-ca/distinguished-name.ts";
import type { ApiPassthrough, CsrExtensions } from "#domain/private-ca/extensions.ts";
import type { RevocationConfiguration } from "#domain/private-ca/revocation-configuration.ts";
import type { CaStatus, CaType, UsageMode } from "#domain/private-ca/status.ts";
import type { Validity } from "#domain/private-ca/validity.ts";
import type { SignatureName } from "#lib/x509-signatures.ts";
import { schemas } from "./schemas.ts";

// The types of what schemas.ts states, for the handlers: what a newer SDK package would export.

export interface OfAuthority {
  readonly CertificateAuthorityArn: string;
}

export interface OfResource {
  readonly ResourceArn: string;
}

export interface PageOf {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value?: string | undefined;
}

export interface CertificateAuthorityConfiguration {
  readonly KeyAlgorithm: string;
  readonly SigningAlgorithm: string;
  readonly Subject: DistinguishedName;
  readonly CsrExtensions?: CsrExtensions | undefined;
}

export interface CertificateAuthority {
  readonly Arn: string;
  readonly OwnerAccount: string;
  readonly CreatedAt: Date;
  readonly LastStateChangeAt: Date;
  readonly Type: CaType;
  readonly Serial: string | undefined;
  readonly Status: CaStatus;
  readonly NotBefore: Date | undefined;
  readonly NotAfter: Date | undefined;
  readonly FailureReason: string | undefined;
  readonly CertificateAuthorityConfiguration: CertificateAuthorityConfiguration;
  readonly RevocationConfiguration: RevocationConfiguration;
  readonly RestorableUntil: Date | undefined;
  readonly KeyStorageSecurityStandard: string;
  readonly UsageMode: UsageMode;
}

export interface Permission extends OfAuthority {
  readonly CreatedAt: Date;
  readonly Principal: string;
  readonly SourceAccount: string;
  readonly Actions: readonly string[];
}

export interface PemPair {
  readonly Certificate: string;
  readonly CertificateChain: string | undefined;
}

export type RevocationReason =
  | "UNSPECIFIED"
  | "KEY_COMPROMISE"
  | "CERTIFICATE_AUTHORITY_COMPROMISE"
  | "AFFILIATION_CHANGED"
  | "SUPERSEDED"
  | "CESSATION_OF_OPERATION"
  | "PRIVILEGE_WITHDRAWN"
  | "A_A_COMPROMISE";

/** Input and output of each operation. */
interface Api {
  readonly CreateCertificateAuthority: Io<
    {
      readonly CertificateAuthorityConfiguration: CertificateAuthorityConfiguration;
      readonly RevocationConfiguration?: RevocationConfiguration;
      readonly CertificateAuthorityType: CaType;
      readonly IdempotencyToken?: string;
      readonly KeyStorageSecurityStandard?: string;
      readonly Tags?: readonly Tag[];
      readonly UsageMode?: UsageMode;
    },
    OfAuthority
  >;
  readonly CreateCertificateAuthorityAuditReport: Io<
    OfAuthority & { readonly S3BucketName: string; readonly AuditReportResponseFormat: "JSON" | "CSV" },
    { readonly AuditReportId: string; readonly S3Key: string }
  >;
  readonly CreatePermission: Io<
    OfAuthority & { readonly Principal: string; readonly SourceAccount?: string; readonly Actions: readonly string[] }
  >;
  readonly DeleteCertificateAuthority: Io<OfAuthority & { readonly PermanentDeletionTimeInDays?: number }>;
  readonly DeletePermission: Io<OfAuthority & { readonly Principal: string; readonly SourceAccount?: string }>;
  readonly DeletePolicy: Io<OfResource>;
  readonly DescribeCertificateAuthority: Io<OfAuthority, { readonly CertificateAuthority: CertificateAuthority }>;
  readonly DescribeCertificateAuthorityAuditReport: Io<
    OfAuthority & { readonly AuditReportId: string },
    {
      readonly AuditReportStatus: "CREATING" | "SUCCESS" | "FAILED";
      readonly S3BucketName: string;
      readonly S3Key: string;
      readonly CreatedAt: Date;
    }
  >;
  readonly GetCertificate: Io<OfAuthority & { readonly CertificateArn: string }, PemPair>;
  readonly GetCertificateAuthorityCertificate: Io<OfAuthority, PemPair>;
  readonly GetCertificateAuthorityCsr: Io<OfAuthority, { readonly Csr: string }>;
  readonly GetPolicy: Io<OfResource, { readonly Policy: string }>;
  readonly ImportCertificateAuthorityCertificate: Io<
    OfAuthority & { readonly Certificate: Uint8Array; readonly CertificateChain?: Uint8Array }
  >;
  readonly IssueCertificate: Io<
    OfAuthority & {
      readonly ApiPassthrough?: ApiPassthrough;
      readonly Csr: Uint8Array;
      readonly SigningAlgorithm: SignatureName;
      readonly TemplateArn?: string;
      readonly Validity: Validity;
      readonly ValidityNotBefore?: Validity;
      readonly IdempotencyToken?: string;
    },
    { readonly CertificateArn: string }
  >;
  readonly ListCertificateAuthorities: Io<
    PageOf & { readonly ResourceOwner?: "SELF" | "OTHER_ACCOUNTS" },
    { readonly NextToken: string | undefined; readonly CertificateAuthorities: readonly CertificateAuthority[] }
  >;
  readonly ListPermissions: Io<
    OfAuthority & PageOf,
    { readonly NextToken: string | undefined; readonly Permissions: readonly Permission[] }
  >;
  readonly ListTags: Io<
    OfAuthority & PageOf,
    { readonly NextToken: string | undefined; readonly Tags: readonly Tag[] }
  >;
  readonly PutPolicy: Io<OfResource & { readonly Policy: string }>;
  readonly RestoreCertificateAuthority: Io<OfAuthority>;
  readonly RevokeCertificate: Io<
    OfAuthority & { readonly CertificateSerial: string; readonly RevocationReason: RevocationReason }
  >;
  readonly TagCertificateAuthority: Io<OfAuthority & { readonly Tags: readonly Tag[] }>;
  readonly UntagCertificateAuthority: Io<OfAuthority & { readonly Tags: readonly Tag[] }>;
  readonly UpdateCertificateAuthority: Io<
    OfAuthority & { readonly RevocationConfiguration?: RevocationConfiguration; readonly Status?: CaStatus }
  >;
}

type ErrorNames =
  | "CertificateMismatchException"
  | "ConcurrentModificationException"
  | "InvalidArgsException"
  | "InvalidArnException"
  | "InvalidNextTokenException"
  | "InvalidPolicyException"
  | "InvalidRequestException"
  | "InvalidStateException"
  | "InvalidTagException"
  | "LimitExceededException"
  | "LockoutPreventedException"
  | "MalformedCSRException"
  | "MalformedCertificateException"
  | "PermissionAlreadyExistsException"
  | "RequestAlreadyProcessedException"
  | "RequestFailedException"
  | "RequestInProgressException"
  | "ResourceNotFoundException"
  | "TooManyTagsException";

export type AcmPcaSdk = SdkOf<Api, ErrorNames>;

/** The model that is mounted: of an SDK package only its schemas are read. */
export const sdk: AcmPcaSdk = schemas as unknown as AcmPcaSdk;

export type AcmPcaOperation<Name extends keyof Api> = Operation<AcmPcaSdk, Name, PrivateCaDeps>;
