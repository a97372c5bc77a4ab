import { removeFromGroup } from "#identity/iam/groups.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html */
export const RemoveUserFromGroup: IamOperation<"RemoveUserFromGroup"> = ({ UserName, GroupName }, caller, deps) =>
  removeFromGroup(UserName, GroupName, caller, deps);
