import { changeBoundary } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html */
export const DeleteUserPermissionsBoundary: IamOperation<"DeleteUserPermissionsBoundary"> = (
  { UserName },
  caller,
  deps,
) => changeBoundary("user", UserName, undefined, caller, deps);
