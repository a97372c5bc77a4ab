import type * as sdk from "@aws-sdk/client-ec2";
import { findZone } from "#domain/network/zones.ts";
import type { TaggedHost } from "#integrations/ec2/hosts.ts";
import type { FilterTable } from "./describe.ts";
import { shownTags } from "./wire.ts";

export type InstanceView = sdk.Instance & { readonly InstanceId: string };
export type StatusView = sdk.InstanceStatus & { readonly InstanceId: string };

/** A host as an instance that runs; what a machine does not tell us is left out. `names` are those of groups. */
export function shownInstance(host: TaggedHost, names: ReadonlyMap<string, string>): InstanceView {
  return {
    InstanceId: host.instanceId,
    State: { Code: 16, Name: "running" },
    LaunchTime: host.registeredAt,
    Placement: { AvailabilityZone: host.zone, Tenancy: "default" },
    PrivateIpAddress: host.address,
    SubnetId: host.subnetId,
    VpcId: host.vpcId,
    SecurityGroups: host.securityGroups.map((id) => ({ GroupId: id, GroupName: names.get(id) ?? "" })),
    BlockDeviceMappings: [],
    NetworkInterfaces: [],
    ProductCodes: [],
    Tags: shownTags(host.tags),
  };
}

/** Nobody looks at a host but through the health checks of target groups. */
export function shownStatus(host: TaggedHost): StatusView {
  const zone = findZone(host.region, host.zone);
  return {
    InstanceId: host.instanceId,
    AvailabilityZone: host.zone,
    ...(zone ? { AvailabilityZoneId: zone.id } : {}),
    InstanceState: { Code: 16, Name: "running" },
    InstanceStatus: { Status: "not-applicable", Details: [] },
    SystemStatus: { Status: "not-applicable", Details: [] },
    Events: [],
  };
}

/** Those of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html that hosts have something to show for. */
export const INSTANCE_FILTERS: FilterTable<InstanceView> = {
  "availability-zone": ({ Placement }) => [Placement?.AvailabilityZone],
  "instance-id": ({ InstanceId }) => [InstanceId],
  "instance-state-code": ({ State }) => [State?.Code],
  "instance-state-name": ({ State }) => [State?.Name],
  "instance.group-id": ({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupId }) => GroupId),
  "instance.group-name": ({ SecurityGroups = [] }) => SecurityGroups.map(({ GroupName }) => GroupName),
  "launch-time": ({ LaunchTime }) => [LaunchTime?.toISOString()],
  "network-interface.private-ip-address": ({ PrivateIpAddress }) => [PrivateIpAddress],
  "private-ip-address": ({ PrivateIpAddress }) => [PrivateIpAddress],
  "subnet-id": ({ SubnetId }) => [SubnetId],
  tenancy: ({ Placement }) => [Placement?.Tenancy],
  "vpc-id": ({ VpcId }) => [VpcId],
};

export const STATUS_FILTERS: FilterTable<StatusView> = {
  "availability-zone": ({ AvailabilityZone }) => [AvailabilityZone],
  "availability-zone-id": ({ AvailabilityZoneId }) => [AvailabilityZoneId],
  "event.code": () => [],
  "instance-state-code": ({ InstanceState }) => [InstanceState?.Code],
  "instance-state-name": ({ InstanceState }) => [InstanceState?.Name],
  "instance-status.status": ({ InstanceStatus }) => [InstanceStatus?.Status],
  "system-status.status": ({ SystemStatus }) => [SystemStatus?.Status],
};
