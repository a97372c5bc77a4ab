import { isAwsOrOwn } from "#domain/identity/managed-policy.ts";
import type { AccountId } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Db } from "#store/store.ts";
import { managedDocuments } from "./principals.ts";
import type { SessionClaims } from "./token.ts";

/** What somebody who begins a session lets it do at most. */
export interface SessionPolicies {
  readonly policy: string | undefined;
  /** Of managed policies of the account or of AWS. */
  readonly policyArns: readonly string[];
}

/**
 * Checks session policies as AWS does when a session begins. Throws `policy-malformed`, `packed-policy-too-large` for
 * more than 2048 characters, `principal-input-invalid` and `entity-not-found` for ARNs that cannot be used.
 */
export async function readSessionPolicies(
  { policy, policyArns }: SessionPolicies,
  account: AccountId,
  db: Db,
): Promise<Pick<SessionClaims, "policies" | "policyArns">> {
  if (policy !== undefined) readPolicyDocument(policy, "session");
  const length = (policy ?? "").length + policyArns.join("").length;
  if (length > MOST_TEXT) {
    const text = `The policy and the ARNs of a session may have ${MOST_TEXT} characters together, not ${length}.`;
    throw new Refusal("packed-policy-too-large", text);
  }
  if (policyArns.length > MOST_ARNS) {
    throw new Refusal("principal-input-invalid", `A session may have up to ${MOST_ARNS} managed policies.`);
  }
  const foreign = policyArns.find((arn) => !isAwsOrOwn(arn, account));
  if (foreign !== undefined) throw new Refusal("principal-input-invalid", `ARN ${foreign} is not valid.`);
  const found = await managedDocuments(db, account, policyArns);
  const missing = policyArns.find((arn) => !found.some((one) => one.arn === arn));
  if (missing !== undefined) throw new Refusal("principal-input-invalid", `Policy ${missing} does not exist.`);
  if (policy === undefined && policyArns.length === 0) return { policies: undefined, policyArns: [] };
  return { policies: policy === undefined ? [] : [policy], policyArns };
}

const MOST_TEXT = 2048;
const MOST_ARNS = 10;
