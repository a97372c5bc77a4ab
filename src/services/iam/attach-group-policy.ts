import { attachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html */
export const AttachGroupPolicy: IamOperation<"AttachGroupPolicy"> = ({ GroupName, PolicyArn }, caller, deps) =>
  attachPolicy("group", GroupName, PolicyArn, caller, deps);
