import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";

/** Where load balancers can stand. */
export interface Network {
  readonly vpcId: string;
  /** In two zones. */
  readonly subnets: readonly [string, string];
}

/** The default VPC and two of its subnets. */
export async function defaultNetwork(ec2: EC2Client): Promise<Network> {
  const inEachZone = { Filters: [{ Name: "default-for-az", Values: ["true"] }] };
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand(inEachZone));
  const [first, second] = Subnets;
  return { vpcId: first?.VpcId ?? "", subnets: [first?.SubnetId ?? "", second?.SubnetId ?? ""] };
}

/** The id of a security group of that name that lets everybody in, made where there is none. */
export async function openGroup(ec2: EC2Client, name: string): Promise<string> {
  const named = { Filters: [{ Name: "group-name", Values: [name] }] };
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand(named));
  const present = SecurityGroups[0]?.GroupId;
  if (present !== undefined) return present;
  const { GroupId = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: "everybody" }),
  );
  const everybody = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [everybody] }));
  return GroupId;
}
