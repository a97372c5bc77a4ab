import { type Entity, type EntityKind, entityArn, parseEntityArn } from "#domain/identity/entity.ts";
import { policyArn, policyOwner } from "#domain/identity/managed-policy.ts";
import type { Caller } from "#domain/names.ts";
import { asksForTags } from "#domain/policies/authority.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import { findEntity } from "#store/iam-entities.ts";
import { listIamTags } from "#store/iam-tags.ts";
import type { Db } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import type { IamTag } from "./tags.ts";

/** What of an input says what a call is about. */
export interface NamedTargets {
  readonly UserName?: string;
  readonly GroupName?: string;
  readonly RoleName?: string;
  readonly InstanceProfileName?: string;
  readonly PolicyArn?: string;
  readonly PolicyName?: string;
  readonly PolicySourceArn?: string;
  readonly Path?: string;
  readonly NewUserName?: string;
  readonly NewGroupName?: string;
  readonly NewPath?: string;
  readonly PermissionsBoundary?: string;
}

/**
 * What a caller must be allowed to call IAM about: the ARNs of what the input names, and IAM's own condition keys.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export async function iamAccess(
  input: NamedTargets,
  caller: Caller,
  { store }: Pick<IamDeps, "store">,
): Promise<{ readonly resources: readonly string[]; readonly facts: Facts }> {
  const { account } = caller;
  const target = targetOf(input, caller);
  const entity = target && (await findEntity(store, account, target.kind, target.name));
  const facts = factsOf({
    "iam:PolicyARN": target && input.PolicyArn,
    "iam:PermissionsBoundary": input.PermissionsBoundary ?? entity?.boundary,
    ...(entity && asksForTags(caller.authority) ? ofResource(await listIamTags(store, entity.id)) : {}),
  });
  if (!target) return { resources: [policyOf(input, account) ?? input.PolicySourceArn ?? "*"], facts };
  const path = input.Path ?? entity?.path ?? "/";
  const own = entityArn({ account, kind: target.kind, name: entity?.name ?? target.name, path });
  const { NewUserName, NewGroupName, NewPath } = input;
  const name = NewUserName ?? NewGroupName ?? target.name;
  const moved = entityArn({ account, kind: target.kind, name, path: NewPath ?? path });
  const isMoved = (NewUserName ?? NewGroupName ?? NewPath) !== undefined;
  return { resources: isMoved ? [own, moved] : [own], facts };
}

/** What of a kind is listed, as AWS names it: `arn:aws:iam::123456789012:user/`. */
export function listAccess(
  kind: EntityKind | "policy",
): (input: object, caller: Pick<Caller, "account">) => { readonly resources: readonly string[] } {
  return (_input, { account }) => ({ resources: [`arn:aws:iam::${account}:${kind}/`] });
}

/** The tags of a user, role, instance profile or policy of the caller's account by its ARN. */
export async function tagsByArn(arn: string, { account }: Pick<Caller, "account">, db: Db): Promise<readonly IamTag[]> {
  const named = parseEntityArn(arn);
  if (!named) return policyOwner(arn) === account ? await listIamTags(db, arn) : [];
  if (named.account !== account) return [];
  const entity = await findEntity(db, named.account, named.kind, named.name);
  return entity ? await listIamTags(db, entity.id) : [];
}

type Target = Pick<Entity, "kind" | "name">;

/** Of what a call names, what it is about: a user who joins a group is not asked, the group is. */
function targetOf(input: NamedTargets, { kind, authority }: Caller): Target | undefined {
  const { InstanceProfileName, GroupName, RoleName, UserName, PolicyArn, PolicyName, PolicySourceArn } = input;
  if (InstanceProfileName !== undefined) return { kind: "instance-profile", name: InstanceProfileName };
  if (GroupName !== undefined) return { kind: "group", name: GroupName };
  if (RoleName !== undefined) return { kind: "role", name: RoleName };
  if (UserName !== undefined) return { kind: "user", name: UserName };
  if (PolicyArn !== undefined || PolicyName !== undefined || PolicySourceArn !== undefined) return undefined;
  const self = kind === "user" ? authority?.facts["aws:username"]?.[0] : undefined;
  return self === undefined ? undefined : { kind: "user", name: self };
}

function policyOf({ PolicyArn, PolicyName, Path = "/" }: NamedTargets, account: Entity["account"]): string | undefined {
  return PolicyArn ?? (PolicyName === undefined ? undefined : policyArn(account, Path, PolicyName));
}

function ofResource(tags: readonly IamTag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [`iam:ResourceTag/${key}`, value]));
}
