import { entityTags } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
export const ListRoleTags: IamOperation<"ListRoleTags"> = async ({ RoleName, ...pages }, caller, deps) => {
  const page = await entityTags("role", RoleName, readPages(pages), caller, deps);
  return { Tags: showTags(page.items), ...showPage(page) };
};
