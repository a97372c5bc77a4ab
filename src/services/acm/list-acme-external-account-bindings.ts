import type * as sdk from "@aws-sdk/client-acm";
import { type BindingDeps, listBindings } from "#acme/bindings.ts";
import type { Operation } from "#aws/service.ts";
import { shownBinding } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListAcmeExternalAccountBindings.html */
export const ListAcmeExternalAccountBindings: Operation<
  typeof sdk,
  "ListAcmeExternalAccountBindings",
  BindingDeps
> = async ({ AcmeEndpointArn, MaxResults, NextToken }, caller, deps) => {
  const page = { limit: MaxResults, pageToken: NextToken };
  const { items, nextToken } = await listBindings(AcmeEndpointArn, page, caller, deps);
  return { ExternalAccountBindings: items.map(shownBinding), NextToken: nextToken };
};
