import { createEntity } from "#identity/iam/create-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags, showProfile } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export const CreateInstanceProfile: IamOperation<"CreateInstanceProfile"> = async (input, caller, deps) => {
  const { InstanceProfileName: name, Path: path } = input;
  const tags = readTags(input.Tags);
  const profile = await createEntity("instance-profile", { name, path, tags }, caller, deps);
  return { InstanceProfile: showProfile({ ...profile, role: undefined, tags }) };
};
