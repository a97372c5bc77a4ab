import { deleteEntity } from "#identity/iam/delete-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export const DeleteUser: IamOperation<"DeleteUser"> = ({ UserName }, caller, deps) =>
  deleteEntity("user", UserName, caller, deps);
