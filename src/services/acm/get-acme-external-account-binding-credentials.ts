import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, bindingCredentials } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_GetAcmeExternalAccountBindingCredentials.html */
export const GetAcmeExternalAccountBindingCredentials: Operation<
  typeof sdk,
  "GetAcmeExternalAccountBindingCredentials",
  BindingDeps
> = async ({ AcmeExternalAccountBindingArn }, caller, deps) => {
  const { keyId, macKey } = await bindingCredentials(AcmeExternalAccountBindingArn, caller, deps);
  return { KeyId: keyId, MacKey: macKey };
};
