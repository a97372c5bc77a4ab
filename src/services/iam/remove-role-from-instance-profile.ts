import { removeRole } from "#identity/iam/instance-profiles.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html */
export const RemoveRoleFromInstanceProfile: IamOperation<"RemoveRoleFromInstanceProfile"> = (
  { InstanceProfileName, RoleName },
  caller,
  deps,
) => removeRole(InstanceProfileName, RoleName, caller, deps);
