import { updateKey } from "#identity/iam/access-keys.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export const UpdateAccessKey: IamOperation<"UpdateAccessKey"> = ({ UserName, AccessKeyId, Status }, caller, deps) =>
  updateKey(UserName, AccessKeyId, Status === "Active" ? "Active" : "Inactive", caller, deps);
