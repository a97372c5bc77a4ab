import { updateRole } from "#identity/iam/change-entity.ts";
import { findTaggedRole } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { showRole } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html */
export const UpdateRoleDescription: IamOperation<"UpdateRoleDescription"> = async (
  { RoleName, Description },
  caller,
  deps,
) => {
  await updateRole(RoleName, { description: Description }, caller, deps);
  return { Role: showRole(await findTaggedRole(RoleName, caller, deps)) };
};
