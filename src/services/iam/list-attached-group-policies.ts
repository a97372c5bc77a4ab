import { attachedPolicies } from "#identity/iam/attachments.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html */
export const ListAttachedGroupPolicies: IamOperation<"ListAttachedGroupPolicies"> = async (input, caller, deps) => {
  const { GroupName, PathPrefix = "/" } = input;
  const page = await attachedPolicies("group", GroupName, PathPrefix, readPages(input), caller, deps);
  return {
    AttachedPolicies: page.items.map(({ arn, name }) => ({ PolicyArn: arn, PolicyName: name })),
    ...showPage(page),
  };
};
