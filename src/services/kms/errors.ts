import type * as sdk from "@aws-sdk/client-kms";
import type { ErrorName } from "#aws/service.ts";
import type { KeyRefusal } from "#domain/keys/refusals.ts";
import type { PolicyRefusal } from "#domain/policies/refusals.ts";

/** KMS's names for what the keeping of keys refuses. */
export const refusals: Readonly<Record<KeyRefusal | PolicyRefusal, ErrorName<typeof sdk>>> = {
  "alias-exists": "AlreadyExistsException",
  "alias-invalid": "InvalidAliasNameException",
  "alias-reserved": "AccessDeniedException",
  "ciphertext-invalid": "InvalidCiphertextException",
  "dry-run": "DryRunOperationException",
  "grant-id-invalid": "InvalidGrantIdException",
  "grant-not-found": "NotFoundException",
  "grant-token-invalid": "InvalidGrantTokenException",
  "key-access-denied": "AccessDeniedException",
  "key-arn-invalid": "InvalidArnException",
  "import-token-expired": "ExpiredImportTokenException",
  "import-token-invalid": "InvalidImportTokenException",
  "key-disabled": "DisabledException",
  "key-exists": "AlreadyExistsException",
  "key-limit-exceeded": "LimitExceededException",
  "key-material-incorrect": "IncorrectKeyMaterialException",
  "key-mismatch": "IncorrectKeyException",
  "key-not-found": "NotFoundException",
  "key-policy-invalid": "MalformedPolicyDocumentException",
  "key-state-forbids": "KMSInvalidStateException",
  "key-tag-invalid": "TagException",
  "key-usage-invalid": "InvalidKeyUsageException",
  "key-value-invalid": "ValidationException",
  "mac-invalid": "KMSInvalidMacException",
  "marker-invalid": "InvalidMarkerException",
  "policy-malformed": "MalformedPolicyDocumentException",
  "signature-invalid": "KMSInvalidSignatureException",
  "unsupported-operation": "UnsupportedOperationException",
};
