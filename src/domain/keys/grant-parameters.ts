import { parseArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import type { GrantConstraint } from "./grant.ts";
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
      "grant-invalid",
      "A grant takes one constraint: EncryptionContextEquals or EncryptionContextSubset, not both.",
    );
  }
  if (equals) return { kind: "equals", context: checkPairs(equals) };
  return subset && { kind: "subset", context: checkPairs(subset) };
}

/** An IAM or STS principal by its ARN: whom a grant may name. */
export function checkPrincipal(principal: string): void {
  const arn = parseArn(principal);
  const known = (arn?.service === "iam" || arn?.service === "sts" || arn?.service === "sealkeeper") && arn.account;
  if (!known) throw new Refusal("key-arn-invalid", `ARN '${principal}' is not that of a principal.`);
}

function checkPairs(context: EncryptionContext): EncryptionContext {
  const values = Object.values(context);
  if (values.length === 0 || values.length > KEY_LIMITS.constraintPairs) {
    throw new Refusal("grant-invalid", `A grant constraint has 1 to ${KEY_LIMITS.constraintPairs} pairs.`);
  }
  if (values.some((value) => value.length > KEY_LIMITS.constraintValueCharacters)) {
    throw new Refusal(
      "grant-invalid",
      `A value in a grant constraint has at most ${KEY_LIMITS.constraintValueCharacters} characters.`,
    );
  }
  return context;
}
