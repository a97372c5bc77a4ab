import type { EntityKind, PrincipalKind } from "./entity.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: what an account begins with. */
export const IAM_LIMITS = {
  accessKeysPerUser: 2,
  groupsPerUser: 10,
  attachedPolicies: 10,
  versionsPerPolicy: 5,
  policySize: 6144,
  trustPolicySize: 2048,
  tags: 50,
  policiesPerAccount: 1500,
  aliasesPerAccount: 1,
} as const;

/** How many of each an account may have, and how AWS names that quota. */
export const ENTITY_QUOTAS: Readonly<Record<EntityKind, { readonly name: string; readonly most: number }>> = {
  user: { name: "UsersPerAccount", most: 5000 },
  group: { name: "GroupsPerAccount", most: 300 },
  role: { name: "RolesPerAccount", most: 1000 },
  "instance-profile": { name: "InstanceProfilesPerAccount", most: 1000 },
};

/** How many characters all inline policies of one may have together, without white space. */
export const INLINE_SIZES: Readonly<Record<PrincipalKind, number>> = { user: 2048, group: 5120, role: 10_240 };
