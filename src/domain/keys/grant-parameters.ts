import { parseArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { GRANT_OPERATIONS, type GrantConstraint, type GrantOperation } from "./grant.ts";
import { isKeyOperation } from "./key-operations.ts";
import { type KeyKind, usageObjection } from "./key-specs.ts";
import { KEY_LIMITS } from "./limits.ts";

/** Constraints as KMS names them. */
export interface GrantConstraints {
  readonly encryptionContextEquals?: EncryptionContext | undefined;
  readonly encryptionContextSubset?: EncryptionContext | undefined;
}

/** The one constraint that is asked for; undefined when there is none. */
export function readConstraint(constraints: GrantConstraints | undefined): GrantConstraint | undefined {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints ?? {};
  if (equals && subset) {
    throw new Refusal(
      "key-value-invalid",
      "A grant takes one constraint: EncryptionContextEquals or EncryptionContextSubset, not both.",
    );
  }
  if (equals) return { kind: "equals", context: checkPairs(equals) };
  return subset && { kind: "subset", context: checkPairs(subset) };
}

/** What is to be granted for a key, each once. Refuses what such a key cannot do. */
export function readOperations(operations: readonly string[], kind: KeyKind): readonly GrantOperation[] {
  const impossible = operations.find(
    (operation) => !isGrantOperation(operation) || (isKeyOperation(operation) && usageObjection(kind, operation)),
  );
  if (impossible) {
    throw new Refusal(
      "key-value-invalid",
      `The grant operation ${impossible} is not supported by a key of the spec ${kind.spec} for ${kind.usage}.`,
    );
  }
  return [...new Set(operations.filter(isGrantOperation))];
}

/** Refuses a constraint for a key that has no encryption context. */
export function checkConstrainable(constraint: GrantConstraint | undefined, { spec }: KeyKind): void {
  if (constraint === undefined || spec === "SYMMETRIC_DEFAULT") return;
  throw new Refusal(
    "key-value-invalid",
    `A grant for a key of the spec ${spec} takes no constraints: such a key has no encryption context.`,
  );
}

/** Refuses whom a grant cannot name: it names an IAM or STS principal, or an edge, by its ARN. */
export function checkPrincipal(principal: string): void {
  const arn = parseArn(principal);
  const known = (arn?.service === "iam" || arn?.service === "sts" || arn?.service === "sealkeeper") && arn.account;
  if (!known) throw new Refusal("key-arn-invalid", `Invalid arn ${principal}: it is not the ARN of a principal.`);
}

function isGrantOperation(operation: string): operation is GrantOperation {
  return (GRANT_OPERATIONS as readonly string[]).includes(operation);
}

function checkPairs(context: EncryptionContext): EncryptionContext {
  const values = Object.values(context);
  if (values.length === 0 || values.length > KEY_LIMITS.constraintPairs) {
    throw new Refusal("key-value-invalid", `A grant constraint has 1 to ${KEY_LIMITS.constraintPairs} pairs.`);
  }
  if (values.some((value) => value.length > KEY_LIMITS.constraintValueCharacters)) {
    throw new Refusal(
      "key-value-invalid",
      `A value in a grant constraint has at most ${KEY_LIMITS.constraintValueCharacters} characters.`,
    );
  }
  return context;
}
