import { deletePolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export const DeleteRolePolicy: IamOperation<"DeleteRolePolicy"> = ({ RoleName, PolicyName }, caller, deps) =>
  deletePolicy("role", RoleName, PolicyName, caller, deps);
