import { keysPage } from "#identity/iam/access-keys.ts";
import type { IamOperation } from "./operation.ts";
import { readPages, showPage } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export const ListAccessKeys: IamOperation<"ListAccessKeys"> = async ({ UserName, ...pages }, caller, deps) => {
  const page = await keysPage(UserName, readPages(pages), caller, deps);
  const keys = page.items.map(({ id, status, createdAt }) => ({
    UserName: page.user,
    AccessKeyId: id,
    Status: status,
    CreateDate: createdAt,
  }));
  return { AccessKeyMetadata: keys, ...showPage(page) };
};
