import type * as sdk from "@aws-sdk/client-acm";
import type { ErrorName } from "#aws/service.ts";
import type { AcmeRefusal } from "#domain/acme/refusals.ts";
import type { CertificateOperationRefusal, CertificateRefusal } from "#domain/certificate/refusals.ts";

/** How ACM names what the lifecycle of certificates refuses. Keys it makes itself: a refusal of KMS would be a bug. */
export const refusals: Readonly<
  Record<AcmeRefusal | CertificateOperationRefusal | CertificateRefusal, ErrorName<typeof sdk>>
> = {
  "acme-conflict": "ConflictException",
  "acme-input-invalid": "ValidationException",
  "acme-not-found": "ResourceNotFoundException",
  "acme-quota-exceeded": "ServiceQuotaExceededException",
  "certificate-arn-invalid": "InvalidArnException",
  "certificate-busy": "ConflictException",
  "certificate-in-use": "ResourceInUseException",
  "certificate-ineligible": "ValidationException",
  "certificate-not-found": "ResourceNotFoundException",
  "certificate-not-issued-yet": "RequestInProgressException",
  "certificate-unusable": "InvalidStateException",
  "certificate-unsupported": "InvalidStateException",
  "certificate-wrong-account": "ResourceNotFoundException",
  "certificate-wrong-region": "ResourceNotFoundException",
  "configuration-token-used": "ConflictException",
  "domain-name-invalid": "InvalidParameterException",
  "domain-validation-options-invalid": "InvalidDomainValidationOptionsException",
  "import-invalid": "ValidationException",
  "option-fixed": "ValidationException",
  "page-token-invalid": "InvalidArgsException",
  "parameters-exclude-each-other": "InvalidParameterException",
  "quota-exceeded": "LimitExceededException",
  "search-token-invalid": "ValidationException",
  "state-forbids": "InvalidStateException",
  "tag-invalid": "InvalidTagException",
  "too-many-tags": "TooManyTagsException",
};
