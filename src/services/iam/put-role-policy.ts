import { putPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const PutRolePolicy: IamOperation<"PutRolePolicy"> = ({ RoleName, PolicyName, PolicyDocument }, caller, deps) =>
  putPolicy("role", RoleName, { name: PolicyName, document: PolicyDocument }, caller, deps);
