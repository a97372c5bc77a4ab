import { tagNew } from "#integrations/ec2/tags.ts";
import { createVpc } from "#integrations/ec2/vpcs.ts";
import { absent, missing } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownVpc } from "./vpc-views.ts";
import { readTagSpecifications } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export const CreateVpc: Ec2Operation<"CreateVpc"> = changing(async (input, { tx, owner, ids }) => {
  const { CidrBlock, AmazonProvidedIpv6CidrBlock, Ipv6CidrBlock, Ipv6Pool, Ipv4IpamPoolId, Ipv6IpamPoolId } = input;
  absent({ AmazonProvidedIpv6CidrBlock, Ipv6CidrBlock, Ipv6Pool, Ipv4IpamPoolId, Ipv6IpamPoolId });
  if (CidrBlock === undefined) throw missing("cidrBlock");
  const tags = readTagSpecifications(input.TagSpecifications, "vpc");
  const tenancy = input.InstanceTenancy === "dedicated" ? "dedicated" : "default";
  const vpc = await createVpc(tx, { cidrBlock: CidrBlock, tenancy }, owner, { ids });
  await tagNew(tx, { id: vpc.id, type: "vpc" }, tags, owner);
  return { Vpc: shownVpc(vpc, tags) };
});
