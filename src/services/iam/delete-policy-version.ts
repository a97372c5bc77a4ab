import { deleteVersion } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html */
export const DeletePolicyVersion: IamOperation<"DeletePolicyVersion"> = ({ PolicyArn, VersionId }, caller, deps) =>
  deleteVersion(PolicyArn, VersionId, caller, deps);
