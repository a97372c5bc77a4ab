import { entitiesPage } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showGroup, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
export const ListGroups: IamOperation<"ListGroups"> = async ({ PathPrefix = "/", ...pages }, caller, deps) => {
  const page = await entitiesPage("group", PathPrefix, readPages(pages), caller, deps);
  return { Groups: page.items.map((one) => showGroup(one)), ...showPage(page) };
};
