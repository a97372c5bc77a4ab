import type * as sdk from "@aws-sdk/client-acm";
import { type AccountDeps, listAccounts } from "#acme/accounts.ts";
import type { Operation } from "#aws/service.ts";
import { shownAccount } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListAcmeAccounts.html */
export const ListAcmeAccounts: Operation<typeof sdk, "ListAcmeAccounts", AccountDeps> = async (
  { AcmeEndpointArn, MaxResults, NextToken },
  caller,
  deps,
) => {
  const page = { limit: MaxResults, pageToken: NextToken };
  const { items, nextToken } = await listAccounts(AcmeEndpointArn, page, caller, deps);
  return { AcmeAccounts: items.map((account) => shownAccount(account, deps)), NextToken: nextToken };
};
