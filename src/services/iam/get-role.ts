import { findTaggedRole } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { showRole } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export const GetRole: IamOperation<"GetRole"> = async ({ RoleName }, caller, deps) => ({
  Role: showRole(await findTaggedRole(RoleName, caller, deps), { whole: true }),
});
