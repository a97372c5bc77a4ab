import { entityTags } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html */
export const ListUserTags: IamOperation<"ListUserTags"> = async ({ UserName, ...pages }, caller, deps) => {
  const page = await entityTags("user", UserName, readPages(pages), caller, deps);
  return { Tags: showTags(page.items), ...showPage(page) };
};
