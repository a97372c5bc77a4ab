import { policiesPage } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showPolicy } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export const ListPolicies: IamOperation<"ListPolicies"> = async (input, caller, deps) => {
  const { Scope = "All", OnlyAttached = false, PathPrefix = "/", PolicyUsageFilter } = input;
  const used = PolicyUsageFilter === "PermissionsBoundary" ? "boundaries" : "attachments";
  const query = {
    scope: Scope,
    prefix: PathPrefix,
    used: OnlyAttached || PolicyUsageFilter !== undefined ? used : undefined,
  } as const;
  const page = await policiesPage(query, readPages(input), caller, deps);
  return { Policies: page.items.map((policy) => showPolicy(policy)), ...showPage(page) };
};
