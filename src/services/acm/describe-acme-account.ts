import type * as sdk from "@aws-sdk/client-acm";
import { type AccountDeps, describeAccount } from "#acme/accounts.ts";
import type { Operation } from "#aws/service.ts";
import { shownAccount } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeAcmeAccount.html */
export const DescribeAcmeAccount: Operation<typeof sdk, "DescribeAcmeAccount", AccountDeps> = async (
  { AcmeEndpointArn, AccountUrl },
  caller,
  deps,
) => {
  return { AcmeAccount: shownAccount(await describeAccount(AcmeEndpointArn, AccountUrl, caller, deps), deps) };
};
