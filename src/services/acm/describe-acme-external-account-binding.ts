import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, describeBinding } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";
import { shownBinding } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeAcmeExternalAccountBinding.html */
export const DescribeAcmeExternalAccountBinding: Operation<
  typeof sdk,
  "DescribeAcmeExternalAccountBinding",
  BindingDeps
> = async ({ AcmeExternalAccountBindingArn }, caller, deps) => {
  return { ExternalAccountBinding: shownBinding(await describeBinding(AcmeExternalAccountBindingArn, caller, deps)) };
};
