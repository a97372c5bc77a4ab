import { versionOf } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { showVersion } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const GetPolicyVersion: IamOperation<"GetPolicyVersion"> = async ({ PolicyArn, VersionId }, caller, deps) => ({
  PolicyVersion: showVersion(await versionOf(PolicyArn, VersionId, caller, deps)),
});
