import { attachedPolicies } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export const ListAttachedRolePolicies: IamOperation<"ListAttachedRolePolicies"> = async (input, caller, deps) => {
  const { RoleName, PathPrefix = "/" } = input;
  const page = await attachedPolicies("role", RoleName, PathPrefix, readPages(input), caller, deps);
  return {
    AttachedPolicies: page.items.map(({ arn, name }) => ({ PolicyArn: arn, PolicyName: name })),
    ...showPage(page),
  };
};
