import { removeKey } from "#identity/iam/access-keys.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export const DeleteAccessKey: IamOperation<"DeleteAccessKey"> = ({ UserName, AccessKeyId }, caller, deps) =>
  removeKey(UserName, AccessKeyId, caller, deps);
