import { createPolicy } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readTags, showPolicy } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const CreatePolicy: IamOperation<"CreatePolicy"> = async (input, caller, deps) => {
  const { PolicyName: name, Path: path, Description: description, PolicyDocument: document } = input;
  const tags = readTags(input.Tags);
  const policy = await createPolicy({ name, path, description, document, tags }, caller, deps);
  return { Policy: showPolicy({ ...policy, tags }) };
};
