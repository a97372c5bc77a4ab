import type * as sdk from "@aws-sdk/client-iam";
import type { ErrorName } from "#aws/service.ts";
import type { IdentityRefusal, PrincipalRefusal } from "#domain/identity/refusals.ts";
import type { PolicyRefusal } from "#domain/policies/refusals.ts";

export type IamRefusal = IdentityRefusal | PolicyRefusal | PrincipalRefusal | "marker-invalid";

/** How IAM names what it refuses; its model maps these to query codes. */
export const refusals: Readonly<Record<IamRefusal, ErrorName<typeof sdk>>> = {
  "access-denied": "AccessDeniedException",
  "access-key-invalid": "NoSuchEntityException",
  "entity-exists": "EntityAlreadyExistsException",
  "entity-in-use": "DeleteConflictException",
  "entity-not-found": "NoSuchEntityException",
  "entity-unmodifiable": "AccessDeniedException",
  "iam-input-invalid": "InvalidInputException",
  "iam-limit-exceeded": "LimitExceededException",
  "marker-invalid": "ValidationError",
  "packed-policy-too-large": "LimitExceededException",
  "policy-malformed": "MalformedPolicyDocumentException",
  "policy-not-attachable": "PolicyNotAttachableException",
  "principal-input-invalid": "ValidationError",
};
