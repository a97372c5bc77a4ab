import { taggedPolicy } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { showPolicy } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export const GetPolicy: IamOperation<"GetPolicy"> = async ({ PolicyArn }, caller, deps) => ({
  Policy: showPolicy(await taggedPolicy(PolicyArn, caller, deps), { whole: true }),
});
