import * as sdk from "@aws-sdk/client-iam";
import { FACTS } from "#aws/facts.ts";
import type { Operations, Service } from "#aws/service.ts";
import { tagsByArn } from "#identity/iam/access.ts";
import { accessRules } from "./access.ts";
import { AddRoleToInstanceProfile } from "./add-role-to-instance-profile.ts";
import { AddUserToGroup } from "./add-user-to-group.ts";
import { AttachGroupPolicy } from "./attach-group-policy.ts";
import { AttachRolePolicy } from "./attach-role-policy.ts";
import { AttachUserPolicy } from "./attach-user-policy.ts";
import { CreateAccessKey } from "./create-access-key.ts";
import { CreateAccountAlias } from "./create-account-alias.ts";
import { CreateGroup } from "./create-group.ts";
import { CreateInstanceProfile } from "./create-instance-profile.ts";
import { CreatePolicy } from "./create-policy.ts";
import { CreatePolicyVersion } from "./create-policy-version.ts";
import { CreateRole } from "./create-role.ts";
import { CreateUser } from "./create-user.ts";
import { DeleteAccessKey } from "./delete-access-key.ts";
import { DeleteAccountAlias } from "./delete-account-alias.ts";
import { DeleteGroup } from "./delete-group.ts";
import { DeleteGroupPolicy } from "./delete-group-policy.ts";
import { DeleteInstanceProfile } from "./delete-instance-profile.ts";
import { DeleteLoginProfile } from "./delete-login-profile.ts";
import { DeletePolicy } from "./delete-policy.ts";
import { DeletePolicyVersion } from "./delete-policy-version.ts";
import { DeleteRole } from "./delete-role.ts";
import { DeleteRolePermissionsBoundary } from "./delete-role-permissions-boundary.ts";
import { DeleteRolePolicy } from "./delete-role-policy.ts";
import { DeleteUser } from "./delete-user.ts";
import { DeleteUserPermissionsBoundary } from "./delete-user-permissions-boundary.ts";
import { DeleteUserPolicy } from "./delete-user-policy.ts";
import { DetachGroupPolicy } from "./detach-group-policy.ts";
import { DetachRolePolicy } from "./detach-role-policy.ts";
import { DetachUserPolicy } from "./detach-user-policy.ts";
import { type IamRefusal, refusals } from "./errors.ts";
import { GetAccessKeyLastUsed } from "./get-access-key-last-used.ts";
import { GetAccountAuthorizationDetails } from "./get-account-authorization-details.ts";
import { GetAccountSummary } from "./get-account-summary.ts";
import { GetGroup } from "./get-group.ts";
import { GetGroupPolicy } from "./get-group-policy.ts";
import { GetInstanceProfile } from "./get-instance-profile.ts";
import { GetLoginProfile } from "./get-login-profile.ts";
import { GetPolicy } from "./get-policy.ts";
import { GetPolicyVersion } from "./get-policy-version.ts";
import { GetRole } from "./get-role.ts";
import { GetRolePolicy } from "./get-role-policy.ts";
import { GetUser } from "./get-user.ts";
import { GetUserPolicy } from "./get-user-policy.ts";
import { ListAccessKeys } from "./list-access-keys.ts";
import { ListAccountAliases } from "./list-account-aliases.ts";
import { ListAttachedGroupPolicies } from "./list-attached-group-policies.ts";
import { ListAttachedRolePolicies } from "./list-attached-role-policies.ts";
import { ListAttachedUserPolicies } from "./list-attached-user-policies.ts";
import { ListEntitiesForPolicy } from "./list-entities-for-policy.ts";
import { ListGroupPolicies } from "./list-group-policies.ts";
import { ListGroups } from "./list-groups.ts";
import { ListGroupsForUser } from "./list-groups-for-user.ts";
import { ListInstanceProfileTags } from "./list-instance-profile-tags.ts";
import { ListInstanceProfiles } from "./list-instance-profiles.ts";
import { ListInstanceProfilesForRole } from "./list-instance-profiles-for-role.ts";
import { ListMFADevices } from "./list-mfa-devices.ts";
import { ListPolicies } from "./list-policies.ts";
import { ListPolicyTags } from "./list-policy-tags.ts";
import { ListPolicyVersions } from "./list-policy-versions.ts";
import { ListRolePolicies } from "./list-role-policies.ts";
import { ListRoleTags } from "./list-role-tags.ts";
import { ListRoles } from "./list-roles.ts";
import { ListServiceSpecificCredentials } from "./list-service-specific-credentials.ts";
import { ListSigningCertificates } from "./list-signing-certificates.ts";
import { ListSSHPublicKeys } from "./list-ssh-public-keys.ts";
import { ListUserPolicies } from "./list-user-policies.ts";
import { ListUserTags } from "./list-user-tags.ts";
import { ListUsers } from "./list-users.ts";
import type { IamDeps } from "./operation.ts";
import { PutGroupPolicy } from "./put-group-policy.ts";
import { PutRolePermissionsBoundary } from "./put-role-permissions-boundary.ts";
import { PutRolePolicy } from "./put-role-policy.ts";
import { PutUserPermissionsBoundary } from "./put-user-permissions-boundary.ts";
import { PutUserPolicy } from "./put-user-policy.ts";
import { RemoveRoleFromInstanceProfile } from "./remove-role-from-instance-profile.ts";
import { RemoveUserFromGroup } from "./remove-user-from-group.ts";
import { rules } from "./rules.ts";
import { SetDefaultPolicyVersion } from "./set-default-policy-version.ts";
import { SimulateCustomPolicy } from "./simulate-custom-policy.ts";
import { SimulatePrincipalPolicy } from "./simulate-principal-policy.ts";
import { TagInstanceProfile } from "./tag-instance-profile.ts";
import { TagPolicy } from "./tag-policy.ts";
import { TagRole } from "./tag-role.ts";
import { TagUser } from "./tag-user.ts";
import { UntagInstanceProfile } from "./untag-instance-profile.ts";
import { UntagPolicy } from "./untag-policy.ts";
import { UntagRole } from "./untag-role.ts";
import { UntagUser } from "./untag-user.ts";
import { UpdateAccessKey } from "./update-access-key.ts";
import { UpdateAssumeRolePolicy } from "./update-assume-role-policy.ts";
import { UpdateGroup } from "./update-group.ts";
import { UpdateRole } from "./update-role.ts";
import { UpdateRoleDescription } from "./update-role-description.ts";
import { UpdateUser } from "./update-user.ts";

const operations: Operations<typeof sdk, IamDeps> = {
  AddRoleToInstanceProfile,
  AddUserToGroup,
  AttachGroupPolicy,
  AttachRolePolicy,
  AttachUserPolicy,
  CreateAccessKey,
  CreateAccountAlias,
  CreateGroup,
  CreateInstanceProfile,
  CreatePolicy,
  CreatePolicyVersion,
  CreateRole,
  CreateUser,
  DeleteAccessKey,
  DeleteAccountAlias,
  DeleteGroup,
  DeleteGroupPolicy,
  DeleteInstanceProfile,
  DeleteLoginProfile,
  DeletePolicy,
  DeletePolicyVersion,
  DeleteRole,
  DeleteRolePermissionsBoundary,
  DeleteRolePolicy,
  DeleteUser,
  DeleteUserPermissionsBoundary,
  DeleteUserPolicy,
  DetachGroupPolicy,
  DetachRolePolicy,
  DetachUserPolicy,
  GetAccessKeyLastUsed,
  GetAccountAuthorizationDetails,
  GetAccountSummary,
  GetGroup,
  GetGroupPolicy,
  GetInstanceProfile,
  GetLoginProfile,
  GetPolicy,
  GetPolicyVersion,
  GetRole,
  GetRolePolicy,
  GetUser,
  GetUserPolicy,
  ListAccessKeys,
  ListAccountAliases,
  ListAttachedGroupPolicies,
  ListAttachedRolePolicies,
  ListAttachedUserPolicies,
  ListEntitiesForPolicy,
  ListGroupPolicies,
  ListGroups,
  ListGroupsForUser,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  ListInstanceProfileTags,
  ListMFADevices,
  ListPolicies,
  ListPolicyTags,
  ListPolicyVersions,
  ListRolePolicies,
  ListRoles,
  ListRoleTags,
  ListServiceSpecificCredentials,
  ListSigningCertificates,
  ListSSHPublicKeys,
  ListUserPolicies,
  ListUsers,
  ListUserTags,
  PutGroupPolicy,
  PutRolePermissionsBoundary,
  PutRolePolicy,
  PutUserPermissionsBoundary,
  PutUserPolicy,
  RemoveRoleFromInstanceProfile,
  RemoveUserFromGroup,
  SetDefaultPolicyVersion,
  SimulateCustomPolicy,
  SimulatePrincipalPolicy,
  TagInstanceProfile,
  TagPolicy,
  TagRole,
  TagUser,
  UntagInstanceProfile,
  UntagPolicy,
  UntagRole,
  UntagUser,
  UpdateAccessKey,
  UpdateAssumeRolePolicy,
  UpdateGroup,
  UpdateRole,
  UpdateRoleDescription,
  UpdateUser,
};

/** AWS Identity and Access Management. One file per operation; this is the list of them. */
export const iam: Service<typeof sdk, IamDeps, IamRefusal> = {
  name: "iam",
  sdk,
  facts: FACTS.iam,
  operations,
  access: accessRules(operations),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
  tagging: {
    CreateInstanceProfile: "iam:TagInstanceProfile",
    CreatePolicy: "iam:TagPolicy",
    CreateRole: "iam:TagRole",
    CreateUser: "iam:TagUser",
  },
  tagsOf: (arn, caller, { store }) => tagsByArn(arn, caller, store),
  rules,
  refusals,
};
