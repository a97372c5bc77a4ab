import { AWS_POLICIES, awsPolicy, awsPolicyDocument } from "#domain/identity/aws-policies.ts";
import { uniqueId } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import {
  type ManagedPolicy,
  type PolicyVersion,
  parseVersionId,
  policyArn,
  policySize,
} from "#domain/identity/managed-policy.ts";
import type { Caller } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import { count } from "#store/iam-counts.ts";
import { placeOf } from "#store/iam-entities.ts";
import {
  deletePolicyVersion,
  findPolicy,
  holdPolicy,
  insertPolicy,
  insertPolicyVersion,
  listPolicies,
  listPolicyVersions,
  policiesByArn,
  putPolicyVersion,
  removePolicy,
  setDefaultVersion,
} from "#store/iam-policies.ts";
import { listIamTags, putIamTags } from "#store/iam-tags.ts";
import type { Tx } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { type Page, type Pages, page, pageOf } from "./paging.ts";
import { addTags, checkTags, type IamTag, removeTags, tagsPage } from "./tags.ts";
import { checkPolicyArn } from "./usable-policy.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

export interface PolicyRequest {
  readonly name: string;
  readonly path: string | undefined;
  readonly description: string | undefined;
  readonly document: string;
  readonly tags: readonly IamTag[];
}

/** Throws `policy-malformed`, `entity-exists`, `iam-limit-exceeded`. */
export async function createPolicy(request: PolicyRequest, { account }: Owner, deps: IamDeps): Promise<ManagedPolicy> {
  const { name, path = "/", description, document, tags } = request;
  checkDocument(document);
  checkTags(tags);
  const now = deps.clock.now();
  const policy: ManagedPolicy = {
    arn: policyArn(account, path, name),
    id: uniqueId("policy", deps.ids.hex(11)),
    name,
    path,
    description,
    createdAt: now,
    updatedAt: now,
    defaultVersion: 1,
    attachments: 0,
    boundaries: 0,
  };
  await deps.store.transaction().execute(async (tx) => {
    if (!(await insertPolicy(tx, account, "Local", policy))) {
      throw new Refusal("entity-exists", `A policy called ${name} already exists. Duplicate names are not allowed.`);
    }
    await putPolicyVersion(tx, policy.arn, { number: 1, document, createdAt: now });
    await putIamTags(tx, policy.arn, tags);
    await count(tx, account, "policy-version", 1);
    if ((await count(tx, account, "policy", 1)) > IAM_LIMITS.policiesPerAccount) {
      const text = `Cannot exceed quota for PoliciesPerAccount: ${IAM_LIMITS.policiesPerAccount}`;
      throw new Refusal("iam-limit-exceeded", text);
    }
  });
  return policy;
}

/** A managed policy of the account or of AWS. Throws `entity-not-found`. */
export async function policyOf(arn: string, { account }: Owner, { store }: Deps): Promise<ManagedPolicy> {
  checkPolicyArn(arn);
  return (await findPolicy(store, account, arn)) ?? awsPolicy(arn) ?? notThere(arn);
}

/** Throws `entity-not-found`. */
export async function taggedPolicy(
  arn: string,
  caller: Owner,
  deps: Deps,
): Promise<ManagedPolicy & { readonly tags: readonly IamTag[] }> {
  const policy = await policyOf(arn, caller, deps);
  return { ...policy, tags: awsPolicy(arn) ? [] : await listIamTags(deps.store, arn) };
}

/** Throws `entity-not-found`, `entity-in-use`, `entity-unmodifiable`. */
export async function deletePolicy(arn: string, caller: Owner, deps: Deps): Promise<void> {
  await changePolicy(arn, caller, deps, async (tx, { attachments, boundaries, defaultVersion }) => {
    if (attachments + boundaries > 0) {
      throw new Refusal("entity-in-use", "Cannot delete a policy attached to entities.");
    }
    if ((await listPolicyVersions(tx, { arn, defaultVersion })).length > 1)
      throw new Refusal("entity-in-use", VERSIONS);
    await removePolicy(tx, caller.account, arn);
    await count(tx, caller.account, "policy-version", -1);
    await count(tx, caller.account, "policy", -1);
  });
}

/** Which managed policies are asked for. */
export interface PolicyQuery {
  readonly scope: "All" | "AWS" | "Local";
  readonly prefix: string;
  /** Only those that are used so. */
  readonly used: "attachments" | "boundaries" | undefined;
}

/** AWS's first, then the account's. Throws `marker-invalid`. */
export async function policiesPage(
  { scope, prefix, used }: PolicyQuery,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<ManagedPolicy>> {
  const aws = scope === "Local" ? [] : await awsPolicies(prefix, used, { account }, { store });
  if (scope === "AWS") return await pageOf(pages, `AWS ${prefix}`, aws, ({ arn }) => arn);
  const behindAws = (policy: ManagedPolicy): string =>
    awsPolicy(policy.arn) ? `a${policy.arn}` : `l${placeOf(policy.path, policy.name)}`;
  return await page(pages, `${scope} ${prefix}`, behindAws, async (after, limit) => {
    const start = after.startsWith("a") ? aws.findIndex((policy) => behindAws(policy) === after) + 1 : 0;
    const first = after.startsWith("l") ? [] : aws.slice(start, start + limit);
    if (first.length === limit) return first;
    const place = after.startsWith("l") ? after.slice(1) : "";
    const rest = { account, prefix, after: place, limit: limit - first.length };
    return [...first, ...(await listPolicies(store, "Local", rest, used))];
  });
}

/** Throws `policy-malformed`, `entity-not-found`, `iam-limit-exceeded`, `entity-unmodifiable`. */
export async function createVersion(
  arn: string,
  { document, isDefault }: Pick<PolicyVersion, "document" | "isDefault">,
  caller: Owner,
  deps: IamDeps,
): Promise<Omit<PolicyVersion, "document">> {
  checkDocument(document);
  const createdAt = deps.clock.now();
  return await changePolicy(arn, caller, deps, async (tx, policy) => {
    if ((await listPolicyVersions(tx, policy)).length >= IAM_LIMITS.versionsPerPolicy) {
      throw new Refusal("iam-limit-exceeded", TOO_MANY_VERSIONS);
    }
    const number = await insertPolicyVersion(tx, caller.account, arn, { document, createdAt, isDefault });
    await count(tx, caller.account, "policy-version", 1);
    return { number, createdAt, isDefault };
  });
}

/** The newest first. Throws `entity-not-found`. */
export async function versionsOf(arn: string, caller: Owner, deps: Deps): Promise<readonly PolicyVersion[]> {
  const policy = await policyOf(arn, caller, deps);
  const document = awsPolicyDocument(arn);
  if (document === undefined) return await listPolicyVersions(deps.store, policy);
  return [{ number: policy.defaultVersion, document, createdAt: policy.updatedAt, isDefault: true }];
}

/** Throws `entity-not-found`. */
export async function versionOf(arn: string, versionId: string, caller: Owner, deps: Deps): Promise<PolicyVersion> {
  const number = parseVersionId(versionId);
  const version = (await versionsOf(arn, caller, deps)).find((one) => one.number === number);
  return version ?? noVersion(arn, versionId);
}

/** Throws `entity-not-found`, `entity-in-use` for the version in force, `entity-unmodifiable`. */
export async function deleteVersion(arn: string, versionId: string, caller: Owner, deps: Deps): Promise<void> {
  await changePolicy(arn, caller, deps, async (tx, { defaultVersion }) => {
    const number = parseVersionId(versionId);
    if (number === defaultVersion) {
      throw new Refusal("entity-in-use", "Cannot delete the default version of a policy.");
    }
    if (number === undefined || !(await deletePolicyVersion(tx, arn, number))) noVersion(arn, versionId);
    await count(tx, caller.account, "policy-version", -1);
  });
}

/** Puts a version in force. Throws `entity-not-found`, `entity-unmodifiable`. */
export async function chooseVersion(arn: string, versionId: string, caller: Owner, deps: IamDeps): Promise<void> {
  await changePolicy(arn, caller, deps, async (tx, policy) => {
    const number = parseVersionId(versionId);
    const versions = await listPolicyVersions(tx, policy);
    if (number === undefined || !versions.some((version) => version.number === number)) noVersion(arn, versionId);
    else await setDefaultVersion(tx, caller.account, arn, number, deps.clock.now());
  });
}

/** Throws `entity-not-found`, `entity-unmodifiable`, and what `addTags` throws. */
export async function tagPolicy(arn: string, tags: readonly IamTag[], caller: Owner, deps: Deps): Promise<void> {
  await changePolicy(arn, caller, deps, (tx) => addTags(tx, arn, tags));
}

/** Throws `entity-not-found`, `entity-unmodifiable`. */
export async function untagPolicy(arn: string, keys: readonly string[], caller: Owner, deps: Deps): Promise<void> {
  await changePolicy(arn, caller, deps, (tx) => removeTags(tx, arn, keys));
}

/** Throws `entity-not-found`, `marker-invalid`. */
export async function policyTags(arn: string, pages: Pages, caller: Owner, deps: Deps): Promise<Page<IamTag>> {
  await policyOf(arn, caller, deps);
  return tagsPage(deps.store, arn, pages);
}

/** Changes one of the account's own policies, which nobody else changes meanwhile. */
async function changePolicy<T>(
  arn: string,
  { account }: Owner,
  { store }: Deps,
  change: (tx: Tx, policy: ManagedPolicy) => Promise<T>,
): Promise<T> {
  checkPolicyArn(arn);
  if (awsPolicy(arn)) {
    throw new Refusal("entity-unmodifiable", `Policy ${arn} is managed by AWS and cannot be changed.`);
  }
  return await store.transaction().execute(async (tx) => {
    const policy = await holdPolicy(tx, account, arn);
    return await change(tx, policy ?? notThere(arn));
  });
}

/** AWS's policies, with how the account uses them, by ARN. */
async function awsPolicies(
  prefix: string,
  used: PolicyQuery["used"],
  { account }: Owner,
  { store }: Deps,
): Promise<readonly ManagedPolicy[]> {
  const arns = AWS_POLICIES.map(({ arn }) => arn);
  const known = new Map((await policiesByArn(store, account, arns)).map((policy) => [policy.arn, policy]));
  return AWS_POLICIES.map((policy) => known.get(policy.arn) ?? policy).filter(
    (policy) => policy.path.startsWith(prefix) && (used === undefined || policy[used] > 0),
  );
}

function checkDocument(document: string): void {
  readPolicyDocument(document, "identity");
  if (policySize(document) > IAM_LIMITS.policySize) {
    throw new Refusal("iam-limit-exceeded", `Cannot exceed quota for PolicySize: ${IAM_LIMITS.policySize}`);
  }
}

function notThere(arn: string): never {
  throw new Refusal("entity-not-found", `Policy ${arn} was not found.`);
}

function noVersion(arn: string, versionId: string): never {
  const text = `Policy ${arn} version ${versionId} does not exist or is not attachable.`;
  throw new Refusal("entity-not-found", text);
}

const VERSIONS =
  "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
const TOO_MANY_VERSIONS = `A managed policy can have up to ${IAM_LIMITS.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`;
