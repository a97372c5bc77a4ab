import { chooseVersion } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html */
export const SetDefaultPolicyVersion: IamOperation<"SetDefaultPolicyVersion"> = (
  { PolicyArn, VersionId },
  caller,
  deps,
) => chooseVersion(PolicyArn, VersionId, caller, deps);
