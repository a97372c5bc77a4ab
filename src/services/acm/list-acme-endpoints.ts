import type * as sdk from "@aws-sdk/client-acm";
import { type EndpointDeps, listEndpoints } from "#acme/endpoints.ts";
import type { UrlDeps } from "#acme/urls.ts";
import type { Operation } from "#aws/service.ts";
import { shownEndpoint } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListAcmeEndpoints.html */
export const ListAcmeEndpoints: Operation<typeof sdk, "ListAcmeEndpoints", EndpointDeps & UrlDeps> = async (
  { MaxResults, NextToken },
  caller,
  deps,
) => {
  const { items, nextToken } = await listEndpoints({ limit: MaxResults, pageToken: NextToken }, caller, deps);
  return { AcmeEndpoints: items.map((endpoint) => shownEndpoint(endpoint, deps)), NextToken: nextToken };
};
