import { hostedZone } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";
import { readZoneId, shownDelegationSet, shownZone } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html */
export const GetHostedZone: Route53Operation<"GetHostedZone"> = async ({ Id }, { account }, deps) => {
  const zone = await hostedZone(account, readZoneId(Id), deps);
  return { HostedZone: shownZone(zone), DelegationSet: shownDelegationSet(zone, deps) };
};
