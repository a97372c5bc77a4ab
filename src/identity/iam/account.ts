import { ENTITY_QUOTAS, IAM_LIMITS, INLINE_SIZES } from "#domain/identity/limits.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { accountOpenedAt, listKeysOf } from "#store/access-keys.ts";
import { deleteAccountAlias, findAccountAlias, readCounts, setAccountAlias } from "#store/iam-counts.ts";
import type { IamDeps } from "./deps.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** How much of everything an account has, and may have, as GetAccountSummary names it. */
export async function accountSummary({ account }: Owner, { store }: Deps): Promise<Record<string, number>> {
  const counts = await readCounts(store, account);
  const rootKeys = await listKeysOf(store, { rootOf: account });
  return {
    Users: counts.user ?? 0,
    UsersQuota: ENTITY_QUOTAS.user.most,
    Groups: counts.group ?? 0,
    GroupsQuota: ENTITY_QUOTAS.group.most,
    Roles: counts.role ?? 0,
    RolesQuota: ENTITY_QUOTAS.role.most,
    InstanceProfiles: counts["instance-profile"] ?? 0,
    InstanceProfilesQuota: ENTITY_QUOTAS["instance-profile"].most,
    Policies: counts.policy ?? 0,
    PoliciesQuota: IAM_LIMITS.policiesPerAccount,
    PolicyVersionsInUse: counts["policy-version"] ?? 0,
    PolicyVersionsInUseQuota: IAM_LIMITS.policiesPerAccount * IAM_LIMITS.versionsPerPolicy,
    PolicySizeQuota: IAM_LIMITS.policySize,
    VersionsPerPolicyQuota: IAM_LIMITS.versionsPerPolicy,
    UserPolicySizeQuota: INLINE_SIZES.user,
    GroupPolicySizeQuota: INLINE_SIZES.group,
    RolePolicySizeQuota: INLINE_SIZES.role,
    AssumeRolePolicySizeQuota: IAM_LIMITS.trustPolicySize,
    AttachedPoliciesPerUserQuota: IAM_LIMITS.attachedPolicies,
    AttachedPoliciesPerGroupQuota: IAM_LIMITS.attachedPolicies,
    AttachedPoliciesPerRoleQuota: IAM_LIMITS.attachedPolicies,
    AccessKeysPerUserQuota: IAM_LIMITS.accessKeysPerUser,
    GroupsPerUserQuota: IAM_LIMITS.groupsPerUser,
    AccountAccessKeysPresent: rootKeys.length > 0 ? 1 : 0,
    AccountMFAEnabled: 0,
    AccountPasswordPresent: 0,
    MFADevices: 0,
    MFADevicesInUse: 0,
    Providers: 0,
    ServerCertificates: 0,
    ServerCertificatesQuota: 0,
    SigningCertificatesPerUserQuota: 0,
    GlobalEndpointTokenVersion: 1,
  };
}

/** Gives an account an alias, in place of another. Throws `entity-exists` when it is taken. */
export async function createAlias(alias: string, { account }: Owner, { store }: Deps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    if (!(await setAccountAlias(tx, account, alias))) {
      throw new Refusal("entity-exists", `The account alias ${alias} already exists.`);
    }
  });
}

/** Throws `entity-not-found`. */
export async function deleteAlias(alias: string, { account }: Owner, { store }: Deps): Promise<void> {
  if (!(await deleteAccountAlias(store, account, alias))) {
    throw new Refusal("entity-not-found", `The account alias ${alias} cannot be found.`);
  }
}

export async function accountAlias({ account }: Owner, { store }: Deps): Promise<string | undefined> {
  return await findAccountAlias(store, account);
}

/** When the account was opened, as GetUser shows of its root user. */
export async function rootUserSince({ account }: Owner, { store }: Deps): Promise<Date> {
  return (await accountOpenedAt(store, account)) ?? new Date(0);
}
