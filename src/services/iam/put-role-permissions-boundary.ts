import { changeBoundary } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html */
export const PutRolePermissionsBoundary: IamOperation<"PutRolePermissionsBoundary"> = (
  { RoleName, PermissionsBoundary },
  caller,
  deps,
) => changeBoundary("role", RoleName, PermissionsBoundary, caller, deps);
