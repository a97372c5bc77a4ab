import { readPolicy } from "#identity/iam/inline-policies.ts";
import type { IamOperation } from "./operation.ts";
import { encode } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export const GetRolePolicy: IamOperation<"GetRolePolicy"> = async ({ RoleName, PolicyName }, caller, deps) => {
  const { owner, name, document } = await readPolicy("role", RoleName, PolicyName, caller, deps);
  return { RoleName: owner, PolicyName: name, PolicyDocument: encode(document) };
};
