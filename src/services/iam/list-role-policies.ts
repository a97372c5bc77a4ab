import { policiesPage } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export const ListRolePolicies: IamOperation<"ListRolePolicies"> = async ({ RoleName, ...pages }, caller, deps) => {
  const page = await policiesPage("role", RoleName, readPages(pages), caller, deps);
  return { PolicyNames: page.items.map(({ name }) => name), ...showPage(page) };
};
