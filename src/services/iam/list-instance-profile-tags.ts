import { entityTags } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html */
export const ListInstanceProfileTags: IamOperation<"ListInstanceProfileTags"> = async (
  { InstanceProfileName, ...pages },
  caller,
  deps,
) => {
  const page = await entityTags("instance-profile", InstanceProfileName, readPages(pages), caller, deps);
  return { Tags: showTags(page.items), ...showPage(page) };
};
