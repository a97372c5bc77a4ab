import type * as sdk from "@aws-sdk/client-acm";
import { type DomainDeps, updateDomain } from "#acme/domain-validations.ts";
import type { Operation } from "#aws/service.ts";
import { readPrevalidation } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateAcmeDomainValidation.html */
export const UpdateAcmeDomainValidation: Operation<typeof sdk, "UpdateAcmeDomainValidation", DomainDeps> = async (
  { AcmeDomainValidationArn, PrevalidationOptions },
  caller,
  deps,
) => {
  const change = PrevalidationOptions ? readPrevalidation(PrevalidationOptions) : UNCHANGED;
  await updateDomain(AcmeDomainValidationArn, change, caller, deps);
};

/** Nothing was asked for. */
const UNCHANGED = {
  scope: { exactDomain: undefined, subdomains: undefined, wildcards: undefined },
  hostedZoneId: undefined,
};
