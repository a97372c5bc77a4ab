import { policiesPage } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
export const ListUserPolicies: IamOperation<"ListUserPolicies"> = async ({ UserName, ...pages }, caller, deps) => {
  const page = await policiesPage("user", UserName, readPages(pages), caller, deps);
  return { PolicyNames: page.items.map(({ name }) => name), ...showPage(page) };
};
