import { readPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { encode } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
export const GetGroupPolicy: IamOperation<"GetGroupPolicy"> = async ({ GroupName, PolicyName }, caller, deps) => {
  const { owner, name, document } = await readPolicy("group", GroupName, PolicyName, caller, deps);
  return { GroupName: owner, PolicyName: name, PolicyDocument: encode(document) };
};
