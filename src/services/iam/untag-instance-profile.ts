import { untagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html */
export const UntagInstanceProfile: IamOperation<"UntagInstanceProfile"> = (
  { InstanceProfileName, TagKeys },
  caller,
  deps,
) => untagEntity("instance-profile", InstanceProfileName, TagKeys, caller, deps);
