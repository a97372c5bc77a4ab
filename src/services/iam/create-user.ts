import { createEntity } from "#identity/iam/create-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags, showUser } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const CreateUser: IamOperation<"CreateUser"> = async (input, caller, deps) => {
  const { UserName: name, Path: path, PermissionsBoundary: boundary } = input;
  const tags = readTags(input.Tags);
  const user = await createEntity("user", { name, path, boundary, tags }, caller, deps);
  return { User: showUser({ ...user, tags }) };
};
