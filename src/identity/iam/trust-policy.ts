import { parseEntityArn, type Role } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import { policySize } from "#domain/identity/managed-policy.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import { findEntity } from "#store/iam-entities.ts";
import type { Db } from "#store/store.ts";

/**
 * Checks a role's trust policy, and answers the unique ids of the users and roles that it names by ARN: they must be
 * there, and another one of the same name later is not meant. Throws `policy-malformed` and `iam-limit-exceeded`.
 */
export async function readTrustPolicy(
  document: string,
  role: string,
  db: Db,
): Promise<Pick<Role, "trustPolicy" | "trusted">> {
  const policy = readPolicyDocument(document, "trust");
  if (policySize(document) > IAM_LIMITS.trustPolicySize) {
    const text = `Cannot exceed quota for ACLSizePerRole: ${IAM_LIMITS.trustPolicySize} (role ${role})`;
    throw new Refusal("iam-limit-exceeded", text);
  }
  const trusted: Record<string, string> = {};
  for (const arn of namedArns(policy)) {
    const named = parseEntityArn(arn);
    const found = named && (await findEntity(db, named.account, named.kind, named.name));
    if (!named) continue;
    if (found?.path !== named.path) {
      throw new Refusal("policy-malformed", `Invalid principal in policy: "AWS":"${arn}"`);
    }
    trusted[arn] = found.id;
  }
  return { trustPolicy: document, trusted };
}

function namedArns({ statements }: PolicyDocument): ReadonlySet<string> {
  const names = statements.flatMap(({ principals }) => principals?.names ?? []);
  return new Set(names.flatMap((name) => (name.kind === "arn" ? [name.arn] : [])));
}
