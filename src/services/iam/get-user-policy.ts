import { readPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { encode } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export const GetUserPolicy: IamOperation<"GetUserPolicy"> = async ({ UserName, PolicyName }, caller, deps) => {
  const { owner, name, document } = await readPolicy("user", UserName, PolicyName, caller, deps);
  return { UserName: owner, PolicyName: name, PolicyDocument: encode(document) };
};
