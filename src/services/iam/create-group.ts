import { createEntity } from "#identity/iam/create-entity.ts";
import type { IamOperation } from "./operation.ts";
import { showGroup } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export const CreateGroup: IamOperation<"CreateGroup"> = async ({ GroupName, Path }, caller, deps) => {
  const group = await createEntity("group", { name: GroupName, path: Path, tags: [] }, caller, deps);
  return { Group: showGroup(group) };
};
