import { detachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html */
export const DetachUserPolicy: IamOperation<"DetachUserPolicy"> = ({ UserName, PolicyArn }, caller, deps) =>
  detachPolicy("user", UserName, PolicyArn, caller, deps);
