import { attachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export const AttachRolePolicy: IamOperation<"AttachRolePolicy"> = ({ RoleName, PolicyArn }, caller, deps) =>
  attachPolicy("role", RoleName, PolicyArn, caller, deps);
