import { createSubnet } from "#integrations/ec2/subnets.ts";
import { tagNew } from "#integrations/ec2/tags.ts";
import { absent, missing } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownSubnet } from "./vpc-views.ts";
import { readTagSpecifications } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const CreateSubnet: Ec2Operation<"CreateSubnet"> = changing(async (input, { tx, owner, ids }) => {
  const { CidrBlock, Ipv6CidrBlock, OutpostArn, Ipv6Native, Ipv4IpamPoolId, Ipv6IpamPoolId } = input;
  absent({ Ipv6CidrBlock, OutpostArn, Ipv6Native, Ipv4IpamPoolId, Ipv6IpamPoolId });
  if (CidrBlock === undefined) throw missing("cidrBlock");
  const tags = readTagSpecifications(input.TagSpecifications, "subnet");
  const zone = input.AvailabilityZone ?? input.AvailabilityZoneId;
  const subnet = await createSubnet(tx, { vpcId: input.VpcId, cidrBlock: CidrBlock, zone }, owner, { ids });
  await tagNew(tx, { id: subnet.id, type: "subnet" }, tags, owner);
  return { Subnet: shownSubnet(subnet, tags, 0) };
});
