import { listHostedZonesByName } from "#dns/hosted-zones.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Operation } from "./operation.ts";
import { pageSize, readStartName, readZoneId, shownZone } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html */
export const ListHostedZonesByName: Route53Operation<"ListHostedZonesByName"> = async (input, { account }, deps) => {
  const { DNSName, HostedZoneId } = input;
  if (HostedZoneId !== undefined && DNSName === undefined) throw invalidInput("HostedZoneId needs DNSName.");
  const size = pageSize(input.MaxItems, 100);
  const from =
    DNSName === undefined ? undefined : { name: readStartName("DNSName", DNSName), id: readZoneId(HostedZoneId ?? "") };
  const zones = await listHostedZonesByName(account, from, size + 1, deps);
  const next = zones[size];
  return {
    HostedZones: zones.slice(0, size).map(shownZone),
    ...(DNSName !== undefined && { DNSName }),
    ...(HostedZoneId !== undefined && { HostedZoneId }),
    IsTruncated: next !== undefined,
    ...(next && { NextDNSName: next.name, NextHostedZoneId: next.id }),
    MaxItems: size,
  };
};
