import { addRole } from "#identity/iam/instance-profiles.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html */
export const AddRoleToInstanceProfile: IamOperation<"AddRoleToInstanceProfile"> = (
  { InstanceProfileName, RoleName },
  caller,
  deps,
) => addRole(InstanceProfileName, RoleName, caller, deps);
