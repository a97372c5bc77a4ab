import type { Owner } from "#domain/names.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import type { KeyId } from "./names.ts";

/** What a grant may allow, in KMS's words. */
export const GRANT_OPERATIONS = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "Sign",
  "Verify",
  "GetPublicKey",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateMac",
  "VerifyMac",
  "DeriveSharedSecret",
  "Encapsulate",
  "Decapsulate",
] as const;

export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

/**
 * Which encryption contexts a grant is for: exactly this one, any that includes these pairs, or all. It binds the uses
 * of the key that have an encryption context; DescribeKey and RetireGrant have none.
 */
export interface GrantConstraint {
  readonly kind: "equals" | "subset";
  readonly context: EncryptionContext;
}

/** What somebody may do with a key because it was granted to them. */
export interface Grant {
  readonly id: string;
  /**
   * A principal's ARN, or the ARN of the load balancer that the grant is for. A user or a role is kept by its unique id,
   * as the retiring principal is, and shown by its ARN.
   */
  readonly granteePrincipal: string;
  readonly retiringPrincipal: string | undefined;
  /** The principal of the account in which the grant was made. */
  readonly issuingAccount: string;
  readonly operations: readonly GrantOperation[];
  readonly constraint: GrantConstraint | undefined;
}

/** A grant with what only lists show of it. */
export interface StoredGrant extends Grant {
  readonly keyId: KeyId;
  /** The key's. */
  readonly owner: Owner;
  readonly name: string | undefined;
  readonly createdAt: Date;
}

/** Whether a grant with `constraint` is for this context. */
export function constraintHolds(constraint: GrantConstraint | undefined, context: EncryptionContext): boolean {
  if (!constraint) return true;
  if (constraint.kind === "subset") return includes(context, constraint.context);
  return includes(context, constraint.context) && includes(constraint.context, context);
}

/** Whether every context that `child` allows is one that `parent` allows: a grant passes on no more than it gives. */
export function asStrict(child: GrantConstraint | undefined, parent: GrantConstraint | undefined): boolean {
  if (!parent) return true;
  if (!child) return false;
  if (parent.kind === "subset") return includes(child.context, parent.context);
  return child.kind === "equals" && constraintHolds(parent, child.context);
}

function includes(context: EncryptionContext, pairs: EncryptionContext): boolean {
  return Object.entries(pairs).every(([key, value]) => Object.hasOwn(context, key) && context[key] === value);
}
