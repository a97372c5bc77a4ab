import type * as sdk from "@aws-sdk/client-ec2";
import { zonesOf } from "#domain/network/zones.ts";
import { type FilterTable, listed } from "./describe.ts";
import { ec2Error } from "./errors.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export const DescribeAvailabilityZones: Ec2Operation<"DescribeAvailabilityZones"> = asking(async (input, { owner }) => {
  const { ZoneNames, ZoneIds, Filters = [] } = input;
  const zones = zonesOf(owner.region);
  const lost =
    ZoneNames?.find((name) => !zones.some((zone) => zone.name === name)) ??
    ZoneIds?.find((id) => !zones.some((zone) => zone.id === id));
  if (lost !== undefined) throw ec2Error("InvalidParameterValue", `Invalid availability zone: [${lost.slice(0, 100)}]`);
  const { views } = await listed(
    { Filters },
    {
      filters: FILTERS,
      id: ({ ZoneName = "" }) => ZoneName,
      list: async () => zones.map(({ name, id }) => shownZone(owner.region, name, id)),
    },
  );
  return {
    AvailabilityZones: views.filter(
      ({ ZoneName = "", ZoneId = "" }) =>
        (ZoneNames?.includes(ZoneName) ?? true) && (ZoneIds?.includes(ZoneId) ?? true),
    ),
  };
});

function shownZone(region: string, name: string, id: string): sdk.AvailabilityZone {
  return {
    ZoneName: name,
    ZoneId: id,
    RegionName: region,
    GroupName: region,
    GroupLongName: region,
    NetworkBorderGroup: region,
    State: "available",
    OptInStatus: "opt-in-not-required",
    ZoneType: "availability-zone",
    Messages: [],
  };
}

const FILTERS: FilterTable<sdk.AvailabilityZone> = {
  "group-name": ({ GroupName }) => [GroupName],
  "group-long-name": ({ GroupLongName }) => [GroupLongName],
  message: () => [],
  "opt-in-status": ({ OptInStatus }) => [OptInStatus],
  "parent-zone-id": () => [],
  "parent-zone-name": () => [],
  "region-name": ({ RegionName }) => [RegionName],
  state: ({ State }) => [State],
  "zone-id": ({ ZoneId }) => [ZoneId],
  "zone-name": ({ ZoneName }) => [ZoneName],
  "zone-type": ({ ZoneType }) => [ZoneType],
};
