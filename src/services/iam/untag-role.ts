import { untagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export const UntagRole: IamOperation<"UntagRole"> = ({ RoleName, TagKeys }, caller, deps) =>
  untagEntity("role", RoleName, TagKeys, caller, deps);
