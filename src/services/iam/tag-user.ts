import { tagEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html */
export const TagUser: IamOperation<"TagUser"> = ({ UserName, Tags }, caller, deps) =>
  tagEntity("user", UserName, readTags(Tags), caller, deps);
