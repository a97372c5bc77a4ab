import type { EntityType, PolicyUsageType } from "@aws-sdk/client-iam";
import type { PrincipalKind } from "#domain/identity/entity.ts";
import { policyUsers } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export const ListEntitiesForPolicy: IamOperation<"ListEntitiesForPolicy"> = async (input, caller, deps) => {
  const { PolicyArn, EntityFilter, PathPrefix = "/", PolicyUsageFilter } = input;
  const query = {
    kind: EntityFilter === undefined ? undefined : KINDS[EntityFilter],
    prefix: PathPrefix,
    use: PolicyUsageFilter === undefined ? undefined : USES[PolicyUsageFilter],
  };
  if (EntityFilter !== undefined && query.kind === undefined) return { IsTruncated: false };
  const page = await policyUsers(PolicyArn, query, readPages(input), caller, deps);
  const of = (kind: PrincipalKind): typeof page.items => page.items.filter((one) => one.kind === kind);
  return {
    PolicyGroups: of("group").map(({ id, name }) => ({ GroupId: id, GroupName: name })),
    PolicyUsers: of("user").map(({ id, name }) => ({ UserId: id, UserName: name })),
    PolicyRoles: of("role").map(({ id, name }) => ({ RoleId: id, RoleName: name })),
    ...showPage(page),
  };
};

const KINDS: Readonly<Record<EntityType, PrincipalKind | undefined>> = {
  User: "user",
  Role: "role",
  Group: "group",
  LocalManagedPolicy: undefined,
  AWSManagedPolicy: undefined,
};
const USES: Readonly<Record<PolicyUsageType, "attachments" | "boundaries">> = {
  PermissionsPolicy: "attachments",
  PermissionsBoundary: "boundaries",
};
