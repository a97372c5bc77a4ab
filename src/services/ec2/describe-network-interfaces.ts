import type * as sdk from "@aws-sdk/client-ec2";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findInterfaces, type PlacedInterface } from "#integrations/ec2/lists.ts";
import { type FilterTable, idsOf, listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { shownTags } from "./wire.ts";

/** Those of load balancers. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const DescribeNetworkInterfaces: Ec2Operation<"DescribeNetworkInterfaces"> = asking(async (input, look) => {
  const ids = idsOf(input.NetworkInterfaceIds);
  const { views, token } = await listed(input, {
    filters: FILTERS,
    named: { ids, parameter: "networkInterfaceIds", kind: "network-interface", missing },
    id: ({ NetworkInterfaceId }) => NetworkInterfaceId,
    list: async (after, limit) =>
      (await findInterfaces({ ids, after, limit }, look)).map((each) => shownInterface(each, look.owner)),
  });
  return { NetworkInterfaces: views.map(({ Tags, ...view }) => ({ ...view, TagSet: Tags })), NextToken: token };
});

type InterfaceView = sdk.NetworkInterface & { readonly NetworkInterfaceId: string; readonly Tags: sdk.Tag[] };

/** A load balancer has one address; each of its interfaces shows it. */
function shownInterface({ thing, groups, tags }: PlacedInterface, { account }: Owner): InterfaceView {
  return {
    NetworkInterfaceId: thing.id,
    // As Elastic Load Balancing describes them: "ELB app/web/0123456789abcdef".
    Description: `ELB ${thing.loadBalancerArn.split(":loadbalancer/")[1]}`,
    InterfaceType: thing.type === "network" ? "network_load_balancer" : "interface",
    OwnerId: account,
    RequesterId: "amazon-elb",
    RequesterManaged: true,
    Status: "in-use",
    SubnetId: thing.subnetId,
    VpcId: thing.vpcId,
    AvailabilityZone: thing.zone,
    PrivateIpAddress: thing.address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: thing.address }],
    Groups: groups.map(({ id, name }) => ({ GroupId: id, GroupName: name })),
    SourceDestCheck: thing.type !== "network",
    Attachment: {
      AttachmentId: thing.attachmentId,
      InstanceOwnerId: "amazon-elb",
      Status: "attached",
      AttachTime: thing.attachedAt,
      DeleteOnTermination: false,
      DeviceIndex: 1,
    },
    Ipv6Addresses: [],
    Tags: shownTags(tags),
  };
}

function missing(id: string): Refusal {
  return new Refusal("interface-not-found", `The networkInterface ID '${id}' does not exist`);
}

/** Those that interfaces of load balancers have something to show for. */
const FILTERS: FilterTable<InterfaceView> = {
  "addresses.primary": () => [true],
  "addresses.private-ip-address": ({ PrivateIpAddress }) => [PrivateIpAddress],
  "attachment.attachment-id": ({ Attachment }) => [Attachment?.AttachmentId],
  "attachment.delete-on-termination": ({ Attachment }) => [Attachment?.DeleteOnTermination],
  "attachment.device-index": ({ Attachment }) => [Attachment?.DeviceIndex],
  "attachment.instance-id": () => [],
  "attachment.instance-owner-id": ({ Attachment }) => [Attachment?.InstanceOwnerId],
  "attachment.status": ({ Attachment }) => [Attachment?.Status],
  "availability-zone": ({ AvailabilityZone }) => [AvailabilityZone],
  description: ({ Description }) => [Description],
  "group-id": ({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId),
  "group-name": ({ Groups = [] }) => Groups.map(({ GroupName }) => GroupName),
  "interface-type": ({ InterfaceType }) => [InterfaceType],
  "network-interface-id": ({ NetworkInterfaceId }) => [NetworkInterfaceId],
  "owner-id": ({ OwnerId }) => [OwnerId],
  "private-dns-name": () => [],
  "private-ip-address": ({ PrivateIpAddress }) => [PrivateIpAddress],
  "requester-id": ({ RequesterId }) => [RequesterId],
  "requester-managed": ({ RequesterManaged }) => [RequesterManaged],
  "source-dest-check": ({ SourceDestCheck }) => [SourceDestCheck],
  status: ({ Status }) => [Status],
  "subnet-id": ({ SubnetId }) => [SubnetId],
  "vpc-id": ({ VpcId }) => [VpcId],
};
