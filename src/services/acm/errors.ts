import type * as sdk from "@aws-sdk/client-acm";
import type { ErrorName } from "#aws/service.ts";
import type { CertificateRefusal } from "#domain/certificate/refusals.ts";

/** How ACM names what the lifecycle of certificates refuses. Keys it makes itself: a refusal of KMS would be a bug. */
export const refusals: Readonly<Record<CertificateRefusal, ErrorName<typeof sdk>>> = {
  "certificate-arn-invalid": "InvalidArnException",
  "certificate-in-use": "ResourceInUseException",
  "certificate-not-found": "ResourceNotFoundException",
  "certificate-not-issued-yet": "RequestInProgressException",
  "certificate-unusable": "InvalidStateException",
  "certificate-unsupported": "InvalidStateException",
  "certificate-wrong-account": "ResourceNotFoundException",
  "certificate-wrong-region": "ResourceNotFoundException",
  "domain-name-invalid": "InvalidParameterException",
  "domain-validation-options-invalid": "InvalidDomainValidationOptionsException",
  "import-invalid": "ValidationException",
  "page-token-invalid": "InvalidArgsException",
  "parameters-exclude-each-other": "InvalidParameterException",
  "quota-exceeded": "LimitExceededException",
  "state-forbids": "InvalidStateException",
  "tag-invalid": "InvalidTagException",
  "too-many-tags": "TooManyTagsException",
};
