import { accountSummary } from "#identity/iam/account.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const GetAccountSummary: IamOperation<"GetAccountSummary"> = async (_input, caller, deps) => ({
  SummaryMap: await accountSummary(caller, deps),
});
