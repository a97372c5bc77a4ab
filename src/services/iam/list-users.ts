import { entitiesPage } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showUser } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
export const ListUsers: IamOperation<"ListUsers"> = async ({ PathPrefix = "/", ...pages }, caller, deps) => {
  const page = await entitiesPage("user", PathPrefix, readPages(pages), caller, deps);
  return { Users: page.items.map((one) => showUser(one)), ...showPage(page) };
};
