import type * as sdk from "@aws-sdk/client-ec2";
import type { NetworkTag } from "#domain/network/tags.ts";
import type { Subnet, Vpc } from "#domain/network/vpc.ts";
import { freeAddresses } from "#domain/network/vpc.ts";
import { findZone } from "#domain/network/zones.ts";
import type { FilterTable } from "./describe.ts";
import { ec2Arn, shownTags } from "./wire.ts";

export type VpcView = sdk.Vpc & { readonly VpcId: string };
export type SubnetView = sdk.Subnet & { readonly SubnetId: string };

export function shownVpc(vpc: Vpc, tags: readonly NetworkTag[] | undefined): VpcView {
  return {
    VpcId: vpc.id,
    OwnerId: vpc.account,
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: vpc.cidrAssociationId, CidrBlock: vpc.cidrBlock, CidrBlockState: { State: "associated" } },
    ],
    // There are no DHCP options here but those that everybody has.
    DhcpOptionsId: "default",
    InstanceTenancy: vpc.tenancy,
    IsDefault: vpc.isDefault,
    State: "available",
    Ipv6CidrBlockAssociationSet: [],
    Tags: shownTags(tags),
  };
}

/** `used`: how many interfaces and hosts it has. */
export function shownSubnet(subnet: Subnet, tags: readonly NetworkTag[] | undefined, used: number): SubnetView {
  const zone = findZone(subnet.region, subnet.zone);
  return {
    SubnetId: subnet.id,
    SubnetArn: ec2Arn(subnet, "subnet", subnet.id),
    VpcId: subnet.vpcId,
    OwnerId: subnet.account,
    AvailabilityZone: subnet.zone,
    ...(zone ? { AvailabilityZoneId: zone.id } : {}),
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: freeAddresses(subnet, used),
    DefaultForAz: subnet.isDefault,
    MapPublicIpOnLaunch: subnet.publicAddresses,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.ipv6Addresses,
    EnableDns64: subnet.dns64,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.hostnameType,
      EnableResourceNameDnsARecord: subnet.nameRecords,
      EnableResourceNameDnsAAAARecord: subnet.nameRecords6,
    },
    State: "available",
    Tags: shownTags(tags),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const VPC_FILTERS: FilterTable<VpcView> = {
  cidr: ({ CidrBlock }) => [CidrBlock],
  "cidr-block-association.association-id": ({ CidrBlockAssociationSet = [] }) =>
    CidrBlockAssociationSet.map(({ AssociationId }) => AssociationId),
  "cidr-block-association.cidr-block": ({ CidrBlock }) => [CidrBlock],
  "cidr-block-association.state": () => ["associated"],
  "dhcp-options-id": ({ DhcpOptionsId }) => [DhcpOptionsId],
  "ipv6-cidr-block-association.association-id": () => [],
  "ipv6-cidr-block-association.ipv6-cidr-block": () => [],
  "ipv6-cidr-block-association.ipv6-pool": () => [],
  "ipv6-cidr-block-association.state": () => [],
  "is-default": ({ IsDefault }) => [IsDefault],
  isDefault: ({ IsDefault }) => [IsDefault],
  "owner-id": ({ OwnerId }) => [OwnerId],
  state: ({ State }) => [State],
  "vpc-id": ({ VpcId }) => [VpcId],
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const SUBNET_FILTERS: FilterTable<SubnetView> = {
  "availability-zone": ({ AvailabilityZone }) => [AvailabilityZone],
  availabilityZone: ({ AvailabilityZone }) => [AvailabilityZone],
  "availability-zone-id": ({ AvailabilityZoneId }) => [AvailabilityZoneId],
  availabilityZoneId: ({ AvailabilityZoneId }) => [AvailabilityZoneId],
  "available-ip-address-count": ({ AvailableIpAddressCount }) => [AvailableIpAddressCount],
  cidr: ({ CidrBlock }) => [CidrBlock],
  "cidr-block": ({ CidrBlock }) => [CidrBlock],
  cidrBlock: ({ CidrBlock }) => [CidrBlock],
  "default-for-az": ({ DefaultForAz }) => [DefaultForAz],
  defaultForAz: ({ DefaultForAz }) => [DefaultForAz],
  "enable-dns64": ({ EnableDns64 }) => [EnableDns64],
  "ipv6-cidr-block-association.association-id": () => [],
  "ipv6-cidr-block-association.ipv6-cidr-block": () => [],
  "ipv6-cidr-block-association.state": () => [],
  "ipv6-native": ({ Ipv6Native }) => [Ipv6Native],
  "map-customer-owned-ip-on-launch": ({ MapCustomerOwnedIpOnLaunch }) => [MapCustomerOwnedIpOnLaunch],
  "map-public-ip-on-launch": ({ MapPublicIpOnLaunch }) => [MapPublicIpOnLaunch],
  "outpost-arn": () => [],
  "owner-id": ({ OwnerId }) => [OwnerId],
  state: ({ State }) => [State],
  "subnet-arn": ({ SubnetArn }) => [SubnetArn],
  "subnet-id": ({ SubnetId }) => [SubnetId],
  "vpc-id": ({ VpcId }) => [VpcId],
};
