import { deletePolicy } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export const DeletePolicy: IamOperation<"DeletePolicy"> = ({ PolicyArn }, caller, deps) =>
  deletePolicy(PolicyArn, caller, deps);
