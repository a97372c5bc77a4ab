import type { ErrorName } from "#aws/service.ts";
import type { PrivateCaRefusal } from "#domain/private-ca/refusals.ts";
import type { AcmPcaSdk } from "./api.ts";

/** What AWS Private CA's operations can be refused with: its own reasons, and those of tags. */
export type AcmPcaRefusal = PrivateCaRefusal | "tag-invalid" | "too-many-tags";

/** How AWS Private CA names what is refused. */
export const refusals: Readonly<Record<AcmPcaRefusal, ErrorName<AcmPcaSdk>>> = {
  "private-ca-access-denied": "AccessDeniedException",
  "private-ca-args-invalid": "InvalidArgsException",
  "private-ca-arn-invalid": "InvalidArnException",
  "private-ca-certificate-malformed": "MalformedCertificateException",
  "private-ca-certificate-mismatch": "CertificateMismatchException",
  "private-ca-csr-malformed": "MalformedCSRException",
  "private-ca-done-already": "RequestAlreadyProcessedException",
  "private-ca-in-progress": "RequestInProgressException",
  "private-ca-input-invalid": "ValidationException",
  "private-ca-names-forbidden": "InvalidArgsException",
  "private-ca-not-found": "ResourceNotFoundException",
  "private-ca-page-token-invalid": "InvalidNextTokenException",
  "private-ca-permission-exists": "PermissionAlreadyExistsException",
  "private-ca-policy-invalid": "InvalidPolicyException",
  "private-ca-request-failed": "RequestFailedException",
  "private-ca-request-forbidden": "InvalidRequestException",
  "private-ca-state-forbids": "InvalidStateException",
  "private-ca-validity-invalid": "ValidationException",
  "tag-invalid": "InvalidTagException",
  "too-many-tags": "TooManyTagsException",
};
