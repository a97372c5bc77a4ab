import type * as sdk from "@aws-sdk/client-ec2";
import type { AclEntry, InternetGateway, Route } from "#domain/network/routing.ts";
import type { NetworkTag } from "#domain/network/tags.ts";
import type { ShownAcl, ShownRouteTable } from "#integrations/ec2/lists.ts";
import type { FilterTable } from "./describe.ts";
import { shownTags } from "./wire.ts";

export type GatewayView = sdk.InternetGateway & { readonly InternetGatewayId: string };
export type RouteTableView = sdk.RouteTable & { readonly RouteTableId: string };
export type AclView = sdk.NetworkAcl & { readonly VpcId: string };

export function shownGateway(gateway: InternetGateway, tags: readonly NetworkTag[] | undefined): GatewayView {
  return {
    InternetGatewayId: gateway.id,
    OwnerId: gateway.account,
    // EC2 says "available" here, whatever the enum of its model says.
    Attachments:
      gateway.vpcId === undefined ? [] : [{ VpcId: gateway.vpcId, State: "available" as sdk.AttachmentStatus }],
    Tags: shownTags(tags),
  };
}

export function shownRouteTable({ thing, tags, routes, associations }: ShownRouteTable): RouteTableView {
  return {
    RouteTableId: thing.id,
    VpcId: thing.vpcId,
    OwnerId: thing.account,
    Routes: routes.map(shownRoute),
    Associations: associations.map(({ id, routeTableId, subnetId }) => ({
      RouteTableAssociationId: id,
      RouteTableId: routeTableId,
      Main: subnetId === undefined,
      AssociationState: { State: "associated" },
      ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
    })),
    PropagatingVgws: [],
    Tags: shownTags(tags),
  };
}

export function shownAcl({ thing: vpc, tags, entries, subnets }: ShownAcl): AclView {
  return {
    NetworkAclId: vpc.networkAclId,
    VpcId: vpc.id,
    OwnerId: vpc.account,
    IsDefault: true,
    Associations: subnets.map(({ id, aclAssociationId }) => ({
      NetworkAclAssociationId: aclAssociationId,
      NetworkAclId: vpc.networkAclId,
      SubnetId: id,
    })),
    Entries: [
      ...entries.map(shownEntry),
      ...[false, true].map(
        (Egress): sdk.NetworkAclEntry => ({
          Egress,
          RuleNumber: 32_767,
          Protocol: "-1",
          RuleAction: "deny",
          CidrBlock: "0.0.0.0/0",
        }),
      ),
    ],
    Tags: shownTags(tags),
  };
}

function shownRoute({ destination, targetKind, target, origin }: Route): sdk.Route {
  const to = targetKind === "network-interface" ? { NetworkInterfaceId: target } : { GatewayId: target };
  const where = destination.includes(":")
    ? { DestinationIpv6CidrBlock: destination }
    : { DestinationCidrBlock: destination };
  return { ...where, ...to, Origin: origin, State: "active" };
}

function shownEntry(entry: AclEntry): sdk.NetworkAclEntry {
  const { egress, ruleNumber, protocol, action, cidr, fromPort, toPort, icmpType, icmpCode } = entry;
  return {
    Egress: egress,
    RuleNumber: ruleNumber,
    Protocol: protocol,
    RuleAction: action,
    ...(cidr.includes(":") ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
    ...(fromPort === undefined || toPort === undefined ? {} : { PortRange: { From: fromPort, To: toPort } }),
    ...(icmpType === undefined || icmpCode === undefined ? {} : { IcmpTypeCode: { Type: icmpType, Code: icmpCode } }),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const GATEWAY_FILTERS: FilterTable<GatewayView> = {
  "attachment.state": ({ Attachments = [] }) => Attachments.map(({ State }) => State),
  "attachment.vpc-id": ({ Attachments = [] }) => Attachments.map(({ VpcId }) => VpcId),
  "internet-gateway-id": ({ InternetGatewayId }) => [InternetGatewayId],
  "owner-id": ({ OwnerId }) => [OwnerId],
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const ROUTE_TABLE_FILTERS: FilterTable<RouteTableView> = {
  "association.gateway-id": () => [],
  "association.main": ({ Associations = [] }) => Associations.map(({ Main }) => Main),
  "association.route-table-association-id": ({ Associations = [] }) =>
    Associations.map(({ RouteTableAssociationId }) => RouteTableAssociationId),
  "association.route-table-id": ({ Associations = [] }) => Associations.map(({ RouteTableId }) => RouteTableId),
  "association.subnet-id": ({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId),
  "owner-id": ({ OwnerId }) => [OwnerId],
  "route-table-id": ({ RouteTableId }) => [RouteTableId],
  "route.destination-cidr-block": ({ Routes = [] }) => Routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock),
  "route.destination-ipv6-cidr-block": ({ Routes = [] }) =>
    Routes.map(({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock),
  "route.destination-prefix-list-id": () => [],
  "route.egress-only-internet-gateway-id": () => [],
  "route.gateway-id": ({ Routes = [] }) => Routes.map(({ GatewayId }) => GatewayId),
  "route.instance-id": () => [],
  "route.nat-gateway-id": () => [],
  "route.origin": ({ Routes = [] }) => Routes.map(({ Origin }) => Origin),
  "route.state": ({ Routes = [] }) => Routes.map(({ State }) => State),
  "route.transit-gateway-id": () => [],
  "route.vpc-peering-connection-id": () => [],
  "vpc-id": ({ VpcId }) => [VpcId],
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const ACL_FILTERS: FilterTable<AclView> = {
  "association.association-id": ({ Associations = [] }) =>
    Associations.map(({ NetworkAclAssociationId }) => NetworkAclAssociationId),
  "association.network-acl-id": ({ Associations = [] }) => Associations.map(({ NetworkAclId }) => NetworkAclId),
  "association.subnet-id": ({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId),
  default: ({ IsDefault }) => [IsDefault],
  "entry.cidr": ({ Entries = [] }) => Entries.map(({ CidrBlock }) => CidrBlock),
  "entry.egress": ({ Entries = [] }) => Entries.map(({ Egress }) => Egress),
  "entry.icmp.code": ({ Entries = [] }) => Entries.map(({ IcmpTypeCode }) => IcmpTypeCode?.Code),
  "entry.icmp.type": ({ Entries = [] }) => Entries.map(({ IcmpTypeCode }) => IcmpTypeCode?.Type),
  "entry.ipv6-cidr": ({ Entries = [] }) => Entries.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
  "entry.port-range.from": ({ Entries = [] }) => Entries.map(({ PortRange }) => PortRange?.From),
  "entry.port-range.to": ({ Entries = [] }) => Entries.map(({ PortRange }) => PortRange?.To),
  "entry.protocol": ({ Entries = [] }) => Entries.map(({ Protocol }) => Protocol),
  "entry.rule-action": ({ Entries = [] }) => Entries.map(({ RuleAction }) => RuleAction),
  "entry.rule-number": ({ Entries = [] }) => Entries.map(({ RuleNumber }) => RuleNumber),
  "network-acl-id": ({ NetworkAclId }) => [NetworkAclId],
  "owner-id": ({ OwnerId }) => [OwnerId],
  "vpc-id": ({ VpcId }) => [VpcId],
};
