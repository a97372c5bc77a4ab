import type { TaggedHost } from "#integrations/ec2/hosts.ts";
import type { HostSummary } from "./api.ts";

export function shownHost(host: TaggedHost): HostSummary {
  return {
    InstanceId: host.instanceId,
    Address: host.address,
    AvailabilityZone: host.zone,
    SubnetId: host.subnetId,
    VpcId: host.vpcId,
    SecurityGroupIds: host.securityGroups,
    Tags: host.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    RegisteredAt: host.registeredAt,
  };
}
