import { detachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export const DetachRolePolicy: IamOperation<"DetachRolePolicy"> = ({ RoleName, PolicyArn }, caller, deps) =>
  detachPolicy("role", RoleName, PolicyArn, caller, deps);
