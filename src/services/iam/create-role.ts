import { createRole } from "#identity/iam/create-entity.ts";
import type { IamOperation } from "./operation.ts";
import { readTags, showRole } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const CreateRole: IamOperation<"CreateRole"> = async (input, caller, deps) => {
  const tags = readTags(input.Tags);
  const request = {
    name: input.RoleName,
    path: input.Path,
    boundary: input.PermissionsBoundary,
    tags,
    trustPolicy: input.AssumeRolePolicyDocument,
    description: input.Description,
    maxSessionDuration: input.MaxSessionDuration,
  };
  return { Role: showRole({ ...(await createRole(request, caller, deps)), tags }, { whole: true }) };
};
