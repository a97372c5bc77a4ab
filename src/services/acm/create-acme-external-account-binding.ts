import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, createBinding } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";
import { readExpiration, shownBinding } from "./acme-wire.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_CreateAcmeExternalAccountBinding.html */
export const CreateAcmeExternalAccountBinding: Operation<
  typeof sdk,
  "CreateAcmeExternalAccountBinding",
  BindingDeps
> = async ({ AcmeEndpointArn, RoleArn, Expiration, Tags = [], IdempotencyToken }, caller, deps) => {
  const binding = {
    endpointArn: AcmeEndpointArn,
    roleArn: RoleArn,
    lifetime: Expiration && readExpiration(Expiration),
    tags: readTags(Tags),
    idempotencyToken: IdempotencyToken,
  };
  return { ExternalAccountBinding: shownBinding(await createBinding(binding, caller, deps)) };
};
