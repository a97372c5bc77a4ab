import { policiesPage } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
export const ListGroupPolicies: IamOperation<"ListGroupPolicies"> = async ({ GroupName, ...pages }, caller, deps) => {
  const page = await policiesPage("group", GroupName, readPages(pages), caller, deps);
  return { PolicyNames: page.items.map(({ name }) => name), ...showPage(page) };
};
