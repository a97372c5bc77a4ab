import { createVersion } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { showVersion } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export const CreatePolicyVersion: IamOperation<"CreatePolicyVersion"> = async (
  { PolicyArn, PolicyDocument, SetAsDefault = false },
  caller,
  deps,
) => {
  const version = { document: PolicyDocument, isDefault: SetAsDefault };
  return { PolicyVersion: showVersion(await createVersion(PolicyArn, version, caller, deps)) };
};
