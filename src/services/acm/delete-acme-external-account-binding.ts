import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, deleteBinding } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteAcmeExternalAccountBinding.html */
export const DeleteAcmeExternalAccountBinding: Operation<
  typeof sdk,
  "DeleteAcmeExternalAccountBinding",
  BindingDeps
> = async ({ AcmeExternalAccountBindingArn }, caller, deps) => {
  await deleteBinding(AcmeExternalAccountBindingArn, caller, deps);
};
