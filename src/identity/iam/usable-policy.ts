import { awsPolicy } from "#domain/identity/aws-policies.ts";
import { policyOwner } from "#domain/identity/managed-policy.ts";
import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { countPolicyUse, findPolicy, insertPolicy } from "#store/iam-policies.ts";
import type { Tx } from "#store/store.ts";

/**
 * Counts that a managed policy of the account or of AWS gets another use, so that it cannot be removed until that ends.
 * Answers its name. Throws `entity-not-found` where there is no such policy for that account.
 */
export async function beginUse(
  tx: Tx,
  account: AccountId,
  arn: string,
  use: "attachments" | "boundaries",
): Promise<string> {
  const aws = awsPolicy(arn);
  if (aws) await insertPolicy(tx, account, "AWS", aws);
  if (!(await countPolicyUse(tx, account, arn, use, 1))) throw notAttachable(arn, use);
  return aws?.name ?? (await findPolicy(tx, account, arn))?.name ?? "";
}

/** Counts that a use of a policy ended. */
export async function endUse(
  tx: Tx,
  account: AccountId,
  arn: string,
  use: "attachments" | "boundaries",
): Promise<void> {
  await countPolicyUse(tx, account, arn, use, -1);
}

/** Throws `iam-input-invalid` for what is no managed policy's ARN. */
export function checkPolicyArn(arn: string): void {
  if (policyOwner(arn) === undefined) {
    throw new Refusal("principal-input-invalid", `ARN ${arn} is not valid.`);
  }
}

function notAttachable(arn: string, use: "attachments" | "boundaries"): Refusal {
  const what = use === "boundaries" ? `Scope ARN: ${arn}` : `Policy ${arn}`;
  return new Refusal("entity-not-found", `${what} does not exist or is not attachable.`);
}
