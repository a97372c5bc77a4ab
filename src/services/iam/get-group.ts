import { groupWithUsers } from "#identity/iam/groups.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showGroup, showPage, showUser } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
export const GetGroup: IamOperation<"GetGroup"> = async ({ GroupName, ...pages }, caller, deps) => {
  const { group, users } = await groupWithUsers(GroupName, readPages(pages), caller, deps);
  return { Group: showGroup(group), Users: users.items.map((user) => showUser(user)), ...showPage(users) };
};
