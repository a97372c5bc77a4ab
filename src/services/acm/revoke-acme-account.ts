import type * as sdk from "@aws-sdk/client-acm";
import { type AccountDeps, revokeAccount } from "#acme/accounts.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RevokeAcmeAccount.html */
export const RevokeAcmeAccount: Operation<typeof sdk, "RevokeAcmeAccount", AccountDeps> = async (
  { AcmeEndpointArn, AccountUrl },
  caller,
  deps,
) => {
  await revokeAccount(AcmeEndpointArn, AccountUrl, caller, deps);
};
