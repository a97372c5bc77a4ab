import type * as sdk from "@aws-sdk/client-acm";
import { AwsError, type Operation } from "#aws/service.ts";
import { type ConfigureDeps, configureAccount } from "#lifecycle/account-configuration.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_PutAccountConfiguration.html */
export const PutAccountConfiguration: Operation<typeof sdk, "PutAccountConfiguration", ConfigureDeps> = async (
  { ExpiryEvents, IdempotencyToken },
  caller,
  deps,
) => {
  const daysBeforeExpiry = ExpiryEvents?.DaysBeforeExpiry;
  if (daysBeforeExpiry === undefined) throw new AwsError("ValidationException", "Configuration for events is empty.");
  await configureAccount({ daysBeforeExpiry }, IdempotencyToken, caller, deps);
};
