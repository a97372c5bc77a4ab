import type * as sdk from "@aws-sdk/client-sts";
import type { ErrorName } from "#aws/service.ts";
import type { IdentityRefusal, PrincipalRefusal } from "#domain/identity/refusals.ts";
import type { PolicyRefusal } from "#domain/policies/refusals.ts";

export type StsRefusal = IdentityRefusal | PolicyRefusal | PrincipalRefusal;

export const refusals: Readonly<Record<StsRefusal, ErrorName<typeof sdk>>> = {
  "access-denied": "AccessDeniedException",
  "access-key-invalid": "ValidationError",
  "entity-exists": "ValidationError",
  "entity-in-use": "ValidationError",
  "entity-not-found": "ValidationError",
  "entity-unmodifiable": "ValidationError",
  "iam-input-invalid": "ValidationError",
  "iam-limit-exceeded": "ValidationError",
  "packed-policy-too-large": "PackedPolicyTooLargeException",
  "policy-malformed": "MalformedPolicyDocumentException",
  "policy-not-attachable": "ValidationError",
  "principal-input-invalid": "ValidationError",
};
