import { deleteAlias } from "#identity/iam/account.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html */
export const DeleteAccountAlias: IamOperation<"DeleteAccountAlias"> = ({ AccountAlias }, caller, deps) =>
  deleteAlias(AccountAlias, caller, deps);
