import type * as sdk from "@aws-sdk/client-acm";
import { type DomainDeps, describeDomain } from "#acme/domain-validations.ts";
import type { Operation } from "#aws/service.ts";
import { shownDomain } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeAcmeDomainValidation.html */
export const DescribeAcmeDomainValidation: Operation<typeof sdk, "DescribeAcmeDomainValidation", DomainDeps> = async (
  { AcmeDomainValidationArn },
  caller,
  deps,
) => {
  return { AcmeDomainValidation: shownDomain(await describeDomain(AcmeDomainValidationArn, caller, deps)) };
};
