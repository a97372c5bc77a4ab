import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { accountConfiguration, type ConfigureDeps } from "#lifecycle/account-configuration.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_GetAccountConfiguration.html */
export const GetAccountConfiguration: Operation<typeof sdk, "GetAccountConfiguration", ConfigureDeps> = async (
  _,
  caller,
  { store },
) => {
  const { daysBeforeExpiry } = await accountConfiguration(store, caller);
  return { ExpiryEvents: { DaysBeforeExpiry: daysBeforeExpiry } };
};
