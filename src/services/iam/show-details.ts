import type * as sdk from "@aws-sdk/client-iam";
import { entityArn, type Role } from "#domain/identity/entity.ts";
import { DETAIL_KINDS, type Detail, type DetailKind } from "#identity/iam/authorization-details.ts";
import { encode, showPolicy, showProfile, showRole, showUser, showVersion } from "./wire.ts";

/** What a filter asks for; no filter asks for everything. */
export function kindsOf(filter: readonly sdk.EntityType[] = []): readonly DetailKind[] {
  return filter.length === 0 ? DETAIL_KINDS : filter.map((type) => KINDS[type]);
}

export function showDetails(
  details: readonly Detail[],
): Pick<
  sdk.GetAccountAuthorizationDetailsResponse,
  "UserDetailList" | "GroupDetailList" | "RoleDetailList" | "Policies"
> {
  const principals = details.filter((detail) => "entity" in detail);
  const of = (kind: DetailKind): readonly Principal[] => principals.filter((detail) => detail.kind === kind);
  return {
    UserDetailList: of("user").map(showUserDetail),
    GroupDetailList: of("group").map(showGroupDetail),
    RoleDetailList: of("role").map(showRoleDetail),
    Policies: details.flatMap((detail) => ("policy" in detail ? [showPolicyDetail(detail)] : [])),
  };
}

type Principal = Extract<Detail, { readonly entity: unknown }>;

function showUserDetail({ entity, inline, attached, tags, groups }: Principal): sdk.UserDetail {
  return {
    ...showUser({ ...entity, tags }),
    UserPolicyList: inline.map(showInline),
    GroupList: [...groups],
    AttachedManagedPolicies: attached.map(showAttached),
  };
}

function showGroupDetail({ entity, inline, attached }: Principal): sdk.GroupDetail {
  const { path, name, id, createdAt } = entity;
  return {
    Path: path,
    GroupName: name,
    GroupId: id,
    Arn: entityArn(entity),
    CreateDate: createdAt,
    GroupPolicyList: inline.map(showInline),
    AttachedManagedPolicies: attached.map(showAttached),
  };
}

function showRoleDetail({ entity, inline, attached, tags, profiles }: Principal): sdk.RoleDetail {
  const role = entity as Role;
  const {
    Description: _description,
    MaxSessionDuration: _duration,
    ...shown
  } = showRole({ ...role, tags }, { whole: true });
  return {
    ...shown,
    InstanceProfileList: profiles.map((profile) => showProfile({ ...profile, role })),
    RolePolicyList: inline.map(showInline),
    AttachedManagedPolicies: attached.map(showAttached),
  };
}

function showPolicyDetail({
  policy,
  versions,
}: Extract<Detail, { readonly policy: unknown }>): sdk.ManagedPolicyDetail {
  const { Tags: _tags, ...shown } = showPolicy(policy, { whole: true });
  return { ...shown, PolicyVersionList: versions.map(showVersion) };
}

const showInline = ({ name, document }: Principal["inline"][number]): sdk.PolicyDetail => ({
  PolicyName: name,
  PolicyDocument: encode(document),
});
const showAttached = ({ arn, name }: Principal["attached"][number]): sdk.AttachedPolicy => ({
  PolicyArn: arn,
  PolicyName: name,
});

const KINDS: Readonly<Record<sdk.EntityType, DetailKind>> = {
  User: "user",
  Group: "group",
  Role: "role",
  LocalManagedPolicy: "Local",
  AWSManagedPolicy: "AWS",
};
