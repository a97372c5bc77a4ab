import { createAlias } from "#identity/iam/account.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html */
export const CreateAccountAlias: IamOperation<"CreateAccountAlias"> = ({ AccountAlias }, caller, deps) =>
  createAlias(AccountAlias, caller, deps);
