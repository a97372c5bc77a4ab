import { instanceProfile } from "#identity/iam/instance-profiles.ts";
import type { IamOperation } from "./operation.ts";
import { showProfile } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
export const GetInstanceProfile: IamOperation<"GetInstanceProfile"> = async (
  { InstanceProfileName },
  caller,
  deps,
) => ({
  InstanceProfile: showProfile(await instanceProfile(InstanceProfileName, caller, deps)),
});
