import { type Tag, withoutTags, withTags } from "#domain/certificate/tags.ts";
import type { Caller } from "#domain/names.ts";
import { checkPolicy } from "#domain/private-ca/policy.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  deletePermissionRow,
  insertPermission,
  listPermissionRows,
  readCaTags,
  writeCaTags,
} from "#store/private-ca-records.ts";
import { replacePolicy } from "#store/private-cas.ts";
import type { Db } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { findAuthority, holdAuthority } from "./find.ts";
import { pageOf } from "./page-token.ts";

// Who may use a CA beside its owner, and what it is labelled with.

type AccessDeps = Pick<PrivateCaDeps, "store" | "clock">;

/** What a service may do with a CA by itself: IssueCertificate, GetCertificate, ListPermissions. */
export interface Permission {
  readonly principal: string;
  readonly sourceAccount: string;
  readonly actions: readonly string[];
  readonly createdAt: Date;
}

/** A page of a list. */
export interface PageRequest {
  readonly limit: number;
  readonly token: string | undefined;
}

/** Lets ACM use a CA by itself. Throws `private-ca-permission-exists`, `private-ca-input-invalid` and the state. */
export async function createPermission(
  request: Omit<Permission, "createdAt" | "sourceAccount"> & PermissionOf,
  caller: Caller,
  { store, clock }: AccessDeps,
): Promise<void> {
  const { principal, actions } = request;
  const sourceAccount = checkPermission(request, caller);
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, request.authorityArn, caller, { clock });
    checkState("permit", arn, status);
    const permission = { caId: ca.id, principal, sourceAccount, actions: JSON.stringify([...new Set(actions)]) };
    if (!(await insertPermission(tx, { ...permission, createdAt: clock.now().getTime() }))) {
      throw new Refusal("private-ca-permission-exists", `${principal} has a permission on ${arn} already.`);
    }
  });
}

/** Takes ACM's permission away. Throws `private-ca-not-found` where there is none. */
export async function deletePermission(
  request: PermissionOf & { readonly principal: string },
  caller: Caller,
  { store, clock }: AccessDeps,
): Promise<void> {
  const sourceAccount = checkPermission(request, caller);
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, request.authorityArn, caller, { clock });
    checkState("permit", arn, status);
    if (!(await deletePermissionRow(tx, ca.id, request.principal, sourceAccount))) {
      throw new Refusal("private-ca-not-found", `${request.principal} has no permission on ${arn}.`);
    }
  });
}

interface PermissionOf {
  readonly authorityArn: string;
  readonly sourceAccount: string | undefined;
}

export async function listPermissions(
  authorityArn: string,
  page: PageRequest,
  caller: Caller,
  deps: AccessDeps & Pick<PrivateCaDeps, "signers">,
): Promise<{ readonly page: readonly Permission[]; readonly nextToken: string | undefined }> {
  const sharing = { action: "ListPermissions" } as const;
  const { ca, arn, status } = await findAuthority(deps.store, authorityArn, caller, deps, sharing);
  checkState("permit", arn, status);
  const rows = await listPermissionRows(deps.store, ca.id);
  const permissions = rows.map(({ principal, sourceAccount, actions, createdAt }) => ({
    principal,
    sourceAccount,
    actions: JSON.parse(actions) as readonly string[],
    createdAt: new Date(createdAt),
  }));
  return pageOf(permissions, { ...page, list: `permissions:${caller.account}:${ca.id}` }, deps.signers);
}

/** Whether ACM may issue and renew by itself, for its users of this account. */
export async function mayRenew(db: Db, caId: string, account: string): Promise<boolean> {
  const rows = await listPermissionRows(db, caId);
  return rows.some(
    ({ principal, sourceAccount, actions }) =>
      principal === ACM &&
      sourceAccount === account &&
      NEEDED.every((action) => (JSON.parse(actions) as readonly string[]).includes(action)),
  );
}

/** Puts a resource policy in place of the one before. Throws `private-ca-policy-invalid` and the state. */
export async function putPolicy(arnText: string, policy: string, caller: Caller, deps: AccessDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, deps);
    checkState("permit", arn, status);
    await replacePolicy(tx, ca.id, policy, checkPolicy(policy, arn));
  });
}

/** The resource policy. Throws `private-ca-not-found` where there is none. */
export async function readPolicy(arnText: string, caller: Caller, deps: AccessDeps): Promise<string> {
  const { ca, arn, status } = await findAuthority(deps.store, arnText, caller, deps);
  checkState("permit", arn, status);
  if (ca.policy === null) throw new Refusal("private-ca-not-found", `No policy is attached to ${arn}.`);
  return ca.policy;
}

/** Takes the resource policy away, if there is one. */
export async function deletePolicy(arnText: string, caller: Caller, deps: AccessDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, deps);
    checkState("permit", arn, status);
    await replacePolicy(tx, ca.id, null, []);
  });
}

/** Adds tags, or gives them new values. Throws `tag-invalid`, `too-many-tags` and the state. */
export function tagAuthority(arn: string, tags: readonly Tag[], caller: Caller, deps: AccessDeps): Promise<void> {
  return changeTags(arn, caller, (present) => withTags(present, tags), deps);
}

/** Removes tags: with a value only where it is the same, without one in any case. */
export function untagAuthority(arn: string, tags: readonly Tag[], caller: Caller, deps: AccessDeps): Promise<void> {
  return changeTags(arn, caller, (present) => withoutTags(present, tags), deps);
}

export async function listAuthorityTags(
  authorityArn: string,
  page: PageRequest,
  caller: Caller,
  deps: AccessDeps & Pick<PrivateCaDeps, "signers">,
): Promise<{ readonly page: readonly Tag[]; readonly nextToken: string | undefined }> {
  const sharing = { action: "ListTags" } as const;
  const { ca, arn, status } = await findAuthority(deps.store, authorityArn, caller, deps, sharing);
  checkState("label", arn, status);
  const tags = await readCaTags(deps.store, ca.id);
  return pageOf(tags, { ...page, list: `tags:${caller.account}:${ca.id}` }, deps.signers);
}

async function changeTags(
  arnText: string,
  caller: Caller,
  change: (present: readonly Tag[]) => readonly Tag[],
  { store, clock }: AccessDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, { clock });
    checkState("label", arn, status);
    await writeCaTags(tx, ca.id, change(await readCaTags(tx, ca.id)));
  });
}

/** AWS knows one principal, and permissions for the caller's own account only. */
function checkPermission(
  { principal, sourceAccount }: PermissionOf & { readonly principal: string },
  caller: Caller,
): string {
  if (principal !== ACM) {
    throw new Refusal("private-ca-input-invalid", `The principal must be ${ACM}, not ${principal}.`);
  }
  if (sourceAccount !== undefined && sourceAccount !== caller.account) {
    throw new Refusal(
      "private-ca-input-invalid",
      `The source account must be ${caller.account}, not ${sourceAccount}.`,
    );
  }
  return caller.account;
}

export const ACM = "acm.amazonaws.com";
const NEEDED = ["IssueCertificate", "GetCertificate", "ListPermissions"];
