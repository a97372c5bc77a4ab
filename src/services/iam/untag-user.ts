import { untagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html */
export const UntagUser: IamOperation<"UntagUser"> = ({ UserName, TagKeys }, caller, deps) =>
  untagEntity("user", UserName, TagKeys, caller, deps);
