import { rolesPage } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage, showRole } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export const ListRoles: IamOperation<"ListRoles"> = async ({ PathPrefix = "/", ...pages }, caller, deps) => {
  const page = await rolesPage(PathPrefix, readPages(pages), caller, deps);
  return { Roles: page.items.map((role) => showRole(role)), ...showPage(page) };
};
