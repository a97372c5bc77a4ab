import { listHostedZones } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";
import { pageSize, readZoneId, shownZone } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html */
export const ListHostedZones: Route53Operation<"ListHostedZones"> = async (input, { account }, deps) => {
  const size = pageSize(input.MaxItems, 100);
  const from = input.Marker === undefined ? undefined : readZoneId(input.Marker);
  // Zones of a reusable delegation set, and private ones: there are none of either.
  const none = input.DelegationSetId !== undefined || input.HostedZoneType !== undefined;
  const zones = none ? [] : await listHostedZones(account, from, size + 1, deps);
  const next = zones[size];
  return {
    HostedZones: zones.slice(0, size).map(shownZone),
    Marker: input.Marker ?? "",
    IsTruncated: next !== undefined,
    ...(next && { NextMarker: next.id }),
    MaxItems: size,
  };
};
