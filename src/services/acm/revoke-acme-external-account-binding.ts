import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, revokeBinding } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RevokeAcmeExternalAccountBinding.html */
export const RevokeAcmeExternalAccountBinding: Operation<
  typeof sdk,
  "RevokeAcmeExternalAccountBinding",
  BindingDeps
> = async ({ AcmeExternalAccountBindingArn }, caller, deps) => {
  await revokeBinding(AcmeExternalAccountBindingArn, caller, deps);
};
