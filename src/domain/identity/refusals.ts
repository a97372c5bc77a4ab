/** Why a caller is not let in. */
export type IdentityRefusal = "access-denied" | "access-key-invalid";

/** Why IAM and STS turn a change of users, roles, groups and policies down, or a session. */
export type PrincipalRefusal =
  | "entity-exists"
  | "entity-in-use"
  | "entity-not-found"
  | "entity-unmodifiable"
  | "iam-input-invalid"
  | "iam-limit-exceeded"
  | "packed-policy-too-large"
  | "policy-not-attachable"
  | "principal-input-invalid";
