import { detachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html */
export const DetachGroupPolicy: IamOperation<"DetachGroupPolicy"> = ({ GroupName, PolicyArn }, caller, deps) =>
  detachPolicy("group", GroupName, PolicyArn, caller, deps);
