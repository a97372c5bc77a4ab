import { changeBoundary } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html */
export const DeleteRolePermissionsBoundary: IamOperation<"DeleteRolePermissionsBoundary"> = (
  { RoleName },
  caller,
  deps,
) => changeBoundary("role", RoleName, undefined, caller, deps);
