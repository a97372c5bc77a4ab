import { parseEntityArn } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import { policySize } from "#domain/identity/managed-policy.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import { findEntity } from "#store/iam-entities.ts";
import type { Db } from "#store/store.ts";

/**
 * Reads a role's trust policy. The users and roles that it names must be there: one that is made later might be
 * somebody else. Throws `policy-malformed` and `iam-limit-exceeded`.
 */
export async function readTrustPolicy(document: string, role: string, db: Db): Promise<PolicyDocument> {
  const policy = readPolicyDocument(document, "trust");
  if (policySize(document) > IAM_LIMITS.trustPolicySize) {
    const text = `Cannot exceed quota for ACLSizePerRole: ${IAM_LIMITS.trustPolicySize} (role ${role})`;
    throw new Refusal("iam-limit-exceeded", text);
  }
  for (const arn of namedArns(policy)) {
    const named = parseEntityArn(arn);
    const found = named && (await findEntity(db, named.account, named.kind, named.name));
    if (named && found?.path !== named.path) {
      throw new Refusal("policy-malformed", `Invalid principal in policy: "AWS":"${arn}"`);
    }
  }
  return policy;
}

function namedArns({ statements }: PolicyDocument): ReadonlySet<string> {
  const names = statements.flatMap(({ principals }) => principals?.names ?? []);
  return new Set(names.flatMap((name) => (name.kind === "arn" ? [name.arn] : [])));
}
