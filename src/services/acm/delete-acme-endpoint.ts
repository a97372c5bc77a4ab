import type * as sdk from "@aws-sdk/client-acm";
import { deleteEndpoint, type EndpointDeps } from "#acme/endpoints.ts";
import type { Operation } from "#aws/service.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteAcmeEndpoint.html */
export const DeleteAcmeEndpoint: Operation<typeof sdk, "DeleteAcmeEndpoint", EndpointDeps> = async (
  { AcmeEndpointArn },
  caller,
  deps,
) => {
  await deleteEndpoint(AcmeEndpointArn, caller, deps);
};
