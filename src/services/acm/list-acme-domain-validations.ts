import type * as sdk from "@aws-sdk/client-acm";
import { type DomainDeps, listDomains } from "#acme/domain-validations.ts";
import type { Operation } from "#aws/service.ts";
import { shownDomain } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListAcmeDomainValidations.html */
export const ListAcmeDomainValidations: Operation<typeof sdk, "ListAcmeDomainValidations", DomainDeps> = async (
  { AcmeEndpointArn, MaxResults, NextToken },
  caller,
  deps,
) => {
  const page = { limit: MaxResults, pageToken: NextToken };
  const { items, nextToken } = await listDomains(AcmeEndpointArn, page, caller, deps);
  return { AcmeDomainValidations: items.map(shownDomain), NextToken: nextToken };
};
