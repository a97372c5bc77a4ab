import { tagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html */
export const TagInstanceProfile: IamOperation<"TagInstanceProfile"> = ({ InstanceProfileName, Tags }, caller, deps) =>
  tagEntity("instance-profile", InstanceProfileName, readTags(Tags), caller, deps);
