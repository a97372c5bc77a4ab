import { groupsPage } from "#identity/iam/groups.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showGroup, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export const ListGroupsForUser: IamOperation<"ListGroupsForUser"> = async ({ UserName, ...pages }, caller, deps) => {
  const page = await groupsPage(UserName, readPages(pages), caller, deps);
  return { Groups: page.items.map(showGroup), ...showPage(page) };
};
