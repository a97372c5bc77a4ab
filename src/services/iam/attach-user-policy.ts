import { attachPolicy } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html */
export const AttachUserPolicy: IamOperation<"AttachUserPolicy"> = ({ UserName, PolicyArn }, caller, deps) =>
  attachPolicy("user", UserName, PolicyArn, caller, deps);
