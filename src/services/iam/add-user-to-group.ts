import { addToGroup } from "#identity/iam/groups.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html */
export const AddUserToGroup: IamOperation<"AddUserToGroup"> = ({ UserName, GroupName }, caller, deps) =>
  addToGroup(UserName, GroupName, caller, deps);
