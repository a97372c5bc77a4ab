import { bindPolicy, showPolicies } from "#custody/bound-principals.ts";
import type { Role } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import { policySize } from "#domain/identity/managed-policy.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Db } from "#store/store.ts";

/**
 * Checks a role's trust policy, and answers it as it is kept (`bindPolicy`). Throws `policy-malformed`, also for a user or
 * role that is not there, and `iam-limit-exceeded`.
 */
export async function readTrustPolicy(document: string, role: string, db: Db): Promise<string> {
  readPolicyDocument(document, "trust");
  if (policySize(document) > IAM_LIMITS.trustPolicySize) {
    const text = `Cannot exceed quota for ACLSizePerRole: ${IAM_LIMITS.trustPolicySize} (role ${role})`;
    throw new Refusal("iam-limit-exceeded", text);
  }
  return await bindPolicy(db, document);
}

/** Roles with their trust policies as they are shown. */
export async function withShownTrust<Some extends Role>(db: Db, roles: readonly Some[]): Promise<readonly Some[]> {
  const policies = await showPolicies(
    db,
    roles.map(({ trustPolicy }) => trustPolicy),
  );
  return roles.map((role, i) => ({ ...role, trustPolicy: policies[i] ?? role.trustPolicy }));
}
