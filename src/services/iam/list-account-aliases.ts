import { accountAlias } from "#identity/iam/account.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
export const ListAccountAliases: IamOperation<"ListAccountAliases"> = async (_input, caller, deps) => {
  const alias = await accountAlias(caller, deps);
  return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
};
