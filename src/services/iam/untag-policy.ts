import { untagPolicy } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html */
export const UntagPolicy: IamOperation<"UntagPolicy"> = ({ PolicyArn, TagKeys }, caller, deps) =>
  untagPolicy(PolicyArn, TagKeys, caller, deps);
