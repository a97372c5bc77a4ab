import { tagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html */
export const TagRole: IamOperation<"TagRole"> = ({ RoleName, Tags }, caller, deps) =>
  tagEntity("role", RoleName, readTags(Tags), caller, deps);
