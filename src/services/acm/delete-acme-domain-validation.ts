import type * as sdk from "@aws-sdk/client-acm";
import { type DomainDeps, deleteDomain } from "#acme/domain-validations.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteAcmeDomainValidation.html */
export const DeleteAcmeDomainValidation: Operation<typeof sdk, "DeleteAcmeDomainValidation", DomainDeps> = async (
  { AcmeDomainValidationArn },
  caller,
  deps,
) => {
  await deleteDomain(AcmeDomainValidationArn, caller, deps);
};
