import type { Generated } from "kysely";
import type { EpochMillis, Fixed, Flag } from "./types.ts";

interface OwnedRow {
  account: Fixed<string>;
  region: Fixed<string>;
}

export interface NetworkTables {
  /** Whose default VPC was made: a deleted one does not come back by itself. */
  networkOwners: OwnedRow & { madeAt: Fixed<EpochMillis> };
  vpcs: OwnedRow & {
    id: Fixed<string>;
    cidrBlock: Fixed<string>;
    cidrAssociationId: Fixed<string>;
    isDefault: Fixed<Flag>;
    tenancy: Fixed<string>;
    dnsSupport: Flag;
    dnsHostnames: Flag;
    addressUsageMetrics: Flag;
    /** Its default network ACL, which is its only one. */
    networkAclId: Fixed<string>;
    /** Counts changes of the VPC and of all that is in it: whoever raises it holds the row. */
    revision: Generated<number>;
  };
  networkAclEntries: {
    vpcId: Fixed<string>;
    egress: Fixed<Flag>;
    ruleNumber: Fixed<number>;
    protocol: string;
    /** `allow` or `deny`. */
    action: string;
    cidr: string;
    fromPort: number | null;
    toPort: number | null;
    icmpType: number | null;
    icmpCode: number | null;
  };
  subnets: OwnedRow & {
    id: Fixed<string>;
    vpcId: Fixed<string>;
    /** The zone's name. */
    zone: Fixed<string>;
    cidrBlock: Fixed<string>;
    isDefault: Fixed<Flag>;
    publicAddresses: Flag;
    ipv6Addresses: Flag;
    dns64: Flag;
    hostnameType: string;
    nameRecords: Flag;
    nameRecords6: Flag;
    aclAssociationId: Fixed<string>;
  };
  securityGroups: OwnedRow & {
    id: Fixed<string>;
    vpcId: Fixed<string>;
    name: Fixed<string>;
    description: Fixed<string>;
  };
  securityGroupRules: OwnedRow & {
    id: Fixed<string>;
    groupId: Fixed<string>;
    egress: Fixed<Flag>;
    /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
    protocol: string;
    /** -1 where there are no ports; for ICMP the type. */
    fromPort: number;
    toPort: number;
    /** `ipv4`, `ipv6` or `group`. */
    sourceKind: string;
    /** A block of addresses or the id of a security group; for egress the destination. */
    source: string;
    description: string | null;
  };
  internetGateways: OwnedRow & { id: Fixed<string>; vpcId: string | null };
  routeTables: OwnedRow & { id: Fixed<string>; vpcId: Fixed<string> };
  routes: {
    routeTableId: Fixed<string>;
    destination: Fixed<string>;
    /** `local`, or what the target is. */
    targetKind: string;
    target: string;
    /** `CreateRouteTable` or `CreateRoute`. */
    origin: Fixed<string>;
  };
  routeTableAssociations: {
    id: string;
    routeTableId: string;
    vpcId: Fixed<string>;
    /** Null for the main table of the VPC. */
    subnetId: Fixed<string | null>;
  };
  networkTags: OwnedRow & {
    resourceId: Fixed<string>;
    key: Fixed<string>;
    value: string;
    /** As EC2 names it, for example `security-group`. */
    resourceType: Fixed<string>;
  };
  networkInterfaces: OwnedRow & {
    id: Fixed<string>;
    attachmentId: Fixed<string>;
    loadBalancerArn: Fixed<string>;
    subnetId: Fixed<string>;
    attachedAt: Fixed<EpochMillis>;
  };
  loadBalancerGroups: { loadBalancerArn: Fixed<string>; groupId: Fixed<string> };
  /** Machines that target groups name by an instance id. */
  hosts: OwnedRow & {
    instanceId: Fixed<string>;
    address: string;
    subnetId: string;
    registeredAt: Fixed<EpochMillis>;
  };
  hostGroups: OwnedRow & { instanceId: Fixed<string>; groupId: Fixed<string> };
}
