import { deleteEntity } from "#identity/iam/delete-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export const DeleteRole: IamOperation<"DeleteRole"> = ({ RoleName }, caller, deps) =>
  deleteEntity("role", RoleName, caller, deps);
