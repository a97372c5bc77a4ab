import { putPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
export const PutUserPolicy: IamOperation<"PutUserPolicy"> = ({ UserName, PolicyName, PolicyDocument }, caller, deps) =>
  putPolicy("user", UserName, { name: PolicyName, document: PolicyDocument }, caller, deps);
