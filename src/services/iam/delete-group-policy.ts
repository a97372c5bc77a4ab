import { deletePolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html */
export const DeleteGroupPolicy: IamOperation<"DeleteGroupPolicy"> = ({ GroupName, PolicyName }, caller, deps) =>
  deletePolicy("group", GroupName, PolicyName, caller, deps);
