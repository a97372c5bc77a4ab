import type * as sdk from "@aws-sdk/client-acm";
import { createDomain, type DomainDeps } from "#acme/domain-validations.ts";
import type { Operation } from "#aws/service.ts";
import { readPrevalidation } from "./acme-wire.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_CreateAcmeDomainValidation.html */
export const CreateAcmeDomainValidation: Operation<typeof sdk, "CreateAcmeDomainValidation", DomainDeps> = async (
  { AcmeEndpointArn, DomainName, PrevalidationOptions, Tags = [], IdempotencyToken },
  caller,
  deps,
) => {
  const { scope, hostedZoneId } = readPrevalidation(PrevalidationOptions);
  const { exactDomain = false, subdomains = false, wildcards = false } = scope;
  const domain = {
    endpointArn: AcmeEndpointArn,
    domainName: DomainName,
    scope: { exactDomain, subdomains, wildcards },
    hostedZoneId,
    tags: readTags(Tags),
    idempotencyToken: IdempotencyToken,
  };
  return { AcmeDomainValidationArn: await createDomain(domain, caller, deps) };
};
