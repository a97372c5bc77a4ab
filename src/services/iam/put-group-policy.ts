import { putPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html */
export const PutGroupPolicy: IamOperation<"PutGroupPolicy"> = (
  { GroupName, PolicyName, PolicyDocument },
  caller,
  deps,
) => putPolicy("group", GroupName, { name: PolicyName, document: PolicyDocument }, caller, deps);
