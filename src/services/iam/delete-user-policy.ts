import { deletePolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html */
export const DeleteUserPolicy: IamOperation<"DeleteUserPolicy"> = ({ UserName, PolicyName }, caller, deps) =>
  deletePolicy("user", UserName, PolicyName, caller, deps);
