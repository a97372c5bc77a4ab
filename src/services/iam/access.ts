import type * as sdk from "@aws-sdk/client-iam";
import type { AccessRules, Operations } from "#aws/service.ts";
import { iamAccess, listAccess } from "#identity/iam/access.ts";
import type { IamDeps } from "./operation.ts";

/** Operations that are about no single thing. */
const ABOUT_ALL = new Set([
  "CreateAccountAlias",
  "DeleteAccountAlias",
  "GetAccessKeyLastUsed",
  "GetAccountAuthorizationDetails",
  "GetAccountSummary",
  "ListAccountAliases",
  "SimulateCustomPolicy",
]);

/** What callers must be allowed for each of the operations. */
export function accessRules(operations: Operations<typeof sdk, IamDeps>): AccessRules<typeof sdk, IamDeps> {
  const rules = Object.keys(operations).map((name) => [name, ABOUT_ALL.has(name) ? everything : iamAccess]);
  return {
    ...(Object.fromEntries(rules) as AccessRules<typeof sdk, IamDeps>),
    ListGroups: listAccess("group"),
    ListInstanceProfiles: listAccess("instance-profile"),
    ListPolicies: listAccess("policy"),
    ListRoles: listAccess("role"),
    ListUsers: listAccess("user"),
  };
}

const everything = (): { readonly resources: readonly string[] } => ({ resources: ["*"] });
