import { deleteEntity } from "#identity/iam/delete-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export const DeleteGroup: IamOperation<"DeleteGroup"> = ({ GroupName }, caller, deps) =>
  deleteEntity("group", GroupName, caller, deps);
