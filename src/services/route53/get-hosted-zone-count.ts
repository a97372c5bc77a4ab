import { countHostedZones } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZoneCount.html */
export const GetHostedZoneCount: Route53Operation<"GetHostedZoneCount"> = async (_, { account }, deps) => ({
  HostedZoneCount: await countHostedZones(account, deps),
});
