import * as sdk from "@aws-sdk/client-iam";
import type { Rule, Rules } from "#aws/rules.ts";

const ARN: Rule = { min: 20, max: 2048 };
const PATH: Rule = { min: 1, max: 512, pattern: /^(\/|\/[!-~]+\/)$/ };
const POLICY_PATH: Rule = { min: 1, max: 512, pattern: /^(\/[A-Za-z0-9.,+@=_-]+)*\/$/ };
const DOCUMENT: Rule = { min: 1, max: 131_072, pattern: /^[\t\n\r\u0020-\u00FF]+$/ };
const DESCRIPTION: Rule = { max: 1000, pattern: /^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$/ };
const TAG_KEY: Rule = { min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u };
const name = (max: number): Rule => ({ min: 1, max, pattern: /^[\w+=,.@-]+$/ });

/** What IAM asks of its members beyond their types. From the service model of API version 2010-05-08. */
export const rules: Rules = {
  AccessKeyId: { min: 16, max: 128, pattern: /^\w+$/ },
  AccountAlias: { min: 3, max: 63, pattern: /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/ },
  ActionNames: { max: 100, each: { min: 3, max: 128 } },
  AssumeRolePolicyDocument: DOCUMENT,
  CallerArn: { min: 1, max: 2048 },
  ContextEntries: { max: 100 },
  ContextKeyName: { min: 5, max: 256 },
  ContextKeyType: { oneOf: sdk.ContextKeyTypeEnum },
  ContextKeyValues: { max: 100 },
  "CreatePolicyRequest.Description": { max: 1000 },
  "CreatePolicyRequest.Path": POLICY_PATH,
  "CreateUserRequest.UserName": name(64),
  Description: DESCRIPTION,
  EntityFilter: { oneOf: sdk.EntityType },
  Filter: { each: { oneOf: sdk.EntityType } },
  GroupName: name(128),
  InstanceProfileName: name(128),
  Key: TAG_KEY,
  "ListEntitiesForPolicyRequest.PathPrefix": PATH,
  "ListGroupsRequest.PathPrefix": { min: 1, max: 512, pattern: /^\/[!-\x7f]*$/ },
  "ListInstanceProfilesRequest.PathPrefix": { min: 1, max: 512, pattern: /^\/[!-\x7f]*$/ },
  "ListRolesRequest.PathPrefix": { min: 1, max: 512, pattern: /^\/[!-\x7f]*$/ },
  "ListUsersRequest.PathPrefix": { min: 1, max: 512, pattern: /^\/[!-\x7f]*$/ },
  Marker: { min: 1, max: 4096, pattern: /^[\u0020-\u00FF]+$/ },
  MaxItems: { min: 1, max: 1000 },
  MaxSessionDuration: { min: 3600, max: 43_200 },
  NewGroupName: name(128),
  NewPath: PATH,
  NewUserName: name(64),
  Path: PATH,
  PathPrefix: POLICY_PATH,
  PermissionsBoundary: ARN,
  PermissionsBoundaryPolicyInputList: { max: 1, each: DOCUMENT },
  PolicyArn: ARN,
  PolicyDocument: DOCUMENT,
  PolicyInputList: { max: 30, each: DOCUMENT },
  PolicyName: name(128),
  PolicySourceArn: ARN,
  PolicyUsageFilter: { oneOf: sdk.PolicyUsageType },
  ResourceArns: { max: 100, each: { min: 1, max: 2048 } },
  ResourceHandlingOption: { min: 1, max: 64 },
  ResourceOwner: { min: 1, max: 2048 },
  ResourcePolicy: DOCUMENT,
  RoleName: name(64),
  Scope: { oneOf: sdk.PolicyScopeType },
  Status: { oneOf: { Active: "Active", Inactive: "Inactive" } },
  TagKeys: { max: 50, each: TAG_KEY },
  Tags: { max: 50 },
  UserName: name(128),
  Value: { max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  VersionId: { pattern: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/ },
};
