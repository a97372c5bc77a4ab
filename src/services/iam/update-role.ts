import { updateRole } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
export const UpdateRole: IamOperation<"UpdateRole"> = async (
  { RoleName, Description, MaxSessionDuration },
  caller,
  deps,
) => {
  const change = {
    ...(Description === undefined ? {} : { description: Description }),
    ...(MaxSessionDuration === undefined ? {} : { maxSessionDuration: MaxSessionDuration }),
  };
  await updateRole(RoleName, change, caller, deps);
  return {};
};
