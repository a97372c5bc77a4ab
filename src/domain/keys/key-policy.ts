import { rootArn } from "#domain/arn.ts";
import type { AccountId, Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { KeyManager } from "./key-operations.ts";

/** The name of the one policy that a key has. */
export const POLICY_NAME = "default";

/** What GetKeyPolicy shows: what `decide` does, in IAM's words. */
export function keyPolicy(key: Owner & { readonly manager: KeyManager }): string {
  return JSON.stringify(key.manager === "CUSTOMER" ? accountPolicy(key.account) : servicePolicy(key), undefined, 2);
}

/**
 * Refuses a policy for a new key that says anything else than that its account may use it: only that is served. Its Id
 * and Sids do not matter.
 */
export function checkKeyPolicy(text: string, account: AccountId): void {
  if (canonical(parse(text)) === canonical(accountPolicy(account))) return;
  throw new Refusal(
    "unsupported-operation",
    `Key policies other than the default one (${rootArn(account)} may do kms:* with the key) are not served: leave Policy out, and use grants.`,
  );
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

function servicePolicy({ account, region }: Owner): Policy {
  return {
    Version: "2012-10-17",
    Id: "auto-acm-1",
    Statement: [
      {
        Sid: "Allow Certificate Manager, and whom it grants it to, to use the key",
        Effect: "Allow",
        Principal: { Service: "acm.amazonaws.com" },
        Action: ["kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
        Resource: "*",
        Condition: { StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `acm.${region}.amazonaws.com` } },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: rootArn(account) },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        Resource: "*",
      },
    ],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("key-policy-invalid", "The key policy is not JSON.");
  }
}

/** Equal for policies that mean the same to us: member order, a lone value in an array, Id and Sid do not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => {
    if (key === "Id" || key === "Sid") return undefined;
    const one: unknown = Array.isArray(member) && member.length === 1 ? member[0] : member;
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

interface Policy {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}
