import { attachedPolicies } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html */
export const ListAttachedUserPolicies: IamOperation<"ListAttachedUserPolicies"> = async (input, caller, deps) => {
  const { UserName, PathPrefix = "/" } = input;
  const page = await attachedPolicies("user", UserName, PathPrefix, readPages(input), caller, deps);
  return {
    AttachedPolicies: page.items.map(({ arn, name }) => ({ PolicyArn: arn, PolicyName: name })),
    ...showPage(page),
  };
};
