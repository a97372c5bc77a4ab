import { policyTags } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
export const ListPolicyTags: IamOperation<"ListPolicyTags"> = async ({ PolicyArn, ...pages }, caller, deps) => {
  const page = await policyTags(PolicyArn, readPages(pages), caller, deps);
  return { Tags: showTags(page.items), ...showPage(page) };
};
