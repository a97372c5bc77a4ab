import { changeBoundary } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html */
export const PutUserPermissionsBoundary: IamOperation<"PutUserPermissionsBoundary"> = (
  { UserName, PermissionsBoundary },
  caller,
  deps,
) => changeBoundary("user", UserName, PermissionsBoundary, caller, deps);
