import type * as sdk from "@aws-sdk/client-acm";
import { describeEndpoint, type EndpointDeps } from "#acme/endpoints.ts";
import type { UrlDeps } from "#acme/urls.ts";
import type { Operation } from "#aws/service.ts";
import { shownEndpoint } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeAcmeEndpoint.html */
export const DescribeAcmeEndpoint: Operation<typeof sdk, "DescribeAcmeEndpoint", EndpointDeps & UrlDeps> = async (
  { AcmeEndpointArn },
  caller,
  deps,
) => {
  return { AcmeEndpoint: shownEndpoint(await describeEndpoint(AcmeEndpointArn, caller, deps), deps) };
};
