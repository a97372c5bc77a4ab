import { rootArn } from "#domain/arn.ts";
import type { AccountId, Owner } from "#domain/names.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { knownPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import { KEY_LIMITS } from "./limits.ts";
import type { MasterKey } from "./master-key.ts";
import { SERVICE_AUTHORITY, type ServiceAlias, serviceStatements } from "./service-authority.ts";

/** The name of the one policy that a key has. */
export const POLICY_NAME = "default";

/** The policy of a key, as GetKeyPolicy shows it: its own or, until it has one, the one that keys are made with. */
export function keyPolicy(key: Owner & Pick<MasterKey, "manager" | "policy">): string {
  if (key.policy !== undefined) return key.policy;
  if (key.manager === "AWS") return servicePolicy("alias/aws/acm", key);
  return JSON.stringify(accountPolicy(key.account), undefined, 2);
}

/** The policy of a key, as it is judged. */
export function policyOf(key: Owner & Pick<MasterKey, "manager" | "policy">): PolicyDocument {
  return knownPolicyDocument(keyPolicy(key), "key");
}

/**
 * Reads a policy for a key. Refuses with `policy-malformed`, and with `key-limit-exceeded` when it is longer than KMS
 * takes (https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html).
 */
export function readKeyPolicy(text: string): PolicyDocument {
  if (Buffer.byteLength(text) > KEY_LIMITS.policyBytes) {
    throw new Refusal("key-limit-exceeded", `A key policy can have at most ${KEY_LIMITS.policyBytes} bytes.`);
  }
  return knownPolicyDocument(text, "key");
}

function accountPolicy(account: AccountId): Policy {
  return {
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: rootArn(account) },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  };
}

/** The policy of a key that KMS manages for a service: the service may use it, and its account may look at it. */
export function servicePolicy(alias: ServiceAlias, owner: Owner): string {
  const policy: Policy = {
    Version: "2012-10-17",
    Id: `auto-${alias.slice("alias/aws/".length)}-1`,
    Statement: [
      ...serviceStatements(SERVICE_AUTHORITY[alias], owner),
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: rootArn(owner.account) },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        Resource: "*",
      },
    ],
  };
  return JSON.stringify(policy, undefined, 2);
}

interface Policy {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}
