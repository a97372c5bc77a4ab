import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as sdk from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import type { Caller } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore, type Store } from "#store/store.ts";
import { TEST_KEY, testCredential } from "../../../tests/support/access-key.ts";
import { ec2 } from "./index.ts";

let client: sdk.EC2;
let store: Store;
let endpoint: string;

const inRegion = (region: string): sdk.EC2 => new sdk.EC2({ endpoint, region, credentials: TEST_KEY, maxAttempts: 1 });

// The AWS SDK speaks to the front door over HTTP.
beforeEach(async () => {
  store = await openStore("file::memory:");
  const credential = testCredential(TEST_KEY);
  const { server, stop } = httpServer({
    answer: gateway([mount(ec2, { store, clock: systemClock, ids: randomIds })], {
      authenticate: sigv4({ credentials: () => credential, clock: systemClock }),
      ids: randomIds,
      audit: { record: () => Promise.resolve(), note: () => {} },
      log: ({ bug }) => bug && console.error(bug),
    }),
    ids: randomIds,
    onError: console.error,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = inRegion("eu-west-1");
  onTestFinished(async () => {
    client.destroy();
    await stop();
    await store.destroy();
  });
});

const refusal = async (call: Promise<unknown>): Promise<string> => {
  const error = (await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )) as { name: string; message: string } | undefined;
  return error ? `${error.name}: ${error.message}` : "no error";
};

it("policies are asked about the group and the table that are meant, however a request names them", async () => {
  const { GroupId } = await client.createSecurityGroup({ GroupName: "victim", Description: "sg-01234567" });
  const { RouteTables = [] } = await client.describeRouteTables({});
  const { RouteTableId, Associations = [] } = RouteTables[0] ?? {};
  const caller = { account: "123456789012", region: "eu-west-1" } as Caller;
  const asked = async (operation: string, input: object): Promise<readonly string[]> => {
    const found = await mount(ec2, { store, clock: systemClock, ids: randomIds }).access(operation, input, caller);
    return typeof found === "string" ? [] : found.resources.map((arn) => arn.slice(arn.lastIndexOf(":") + 1));
  };
  const IpPermissions = [{ IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "sg-01234567" }] }];
  const open = { GroupName: "victim", IpPermissions };
  expect(await asked("AuthorizeSecurityGroupIngress", open)).toEqual([`security-group/${GroupId}`]);
  expect(await asked("DeleteSecurityGroup", { GroupName: "victim" })).toEqual([`security-group/${GroupId}`]);
  expect(await asked("DeleteSecurityGroup", { GroupName: "sg-01234567" })).toEqual(["security-group/*"]);
  const association = { AssociationId: Associations[0]?.RouteTableAssociationId };
  expect(await asked("DisassociateRouteTable", association)).toEqual([`route-table/${RouteTableId}`]);
  expect(await asked("ReplaceRouteTableAssociation", { ...association, RouteTableId: "rtb-01234567" })).toEqual([
    `route-table/${RouteTableId}`,
    "route-table/rtb-01234567",
  ]);
});

describe("the default network", () => {
  it("is there when it is first asked for, as AWS makes it, in each region its own", async () => {
    const { Vpcs = [] } = await client.describeVpcs({});
    expect(Vpcs).toMatchObject([{ CidrBlock: "172.31.0.0/16", IsDefault: true, State: "available" }]);
    const { Subnets = [] } = await client.describeSubnets({ Filters: [{ Name: "default-for-az", Values: ["true"] }] });
    const zones = Subnets.map(({ AvailabilityZone, AvailabilityZoneId, CidrBlock, AvailableIpAddressCount }) =>
      [AvailabilityZone, AvailabilityZoneId, CidrBlock, AvailableIpAddressCount].join(" "),
    );
    expect(zones.toSorted()).toEqual([
      "eu-west-1a euw1-az1 172.31.0.0/20 4091",
      "eu-west-1b euw1-az2 172.31.16.0/20 4091",
      "eu-west-1c euw1-az3 172.31.32.0/20 4091",
    ]);
    const { SecurityGroups = [] } = await client.describeSecurityGroups({ GroupNames: ["default"] });
    const [group] = SecurityGroups;
    expect(group?.IpPermissions).toMatchObject([{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: group?.GroupId }] }]);
    expect(group?.IpPermissionsEgress).toMatchObject([{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }]);
    const { InternetGateways = [] } = await client.describeInternetGateways({});
    expect(InternetGateways[0]?.Attachments).toEqual([{ State: "available", VpcId: Vpcs[0]?.VpcId }]);
    const { RouteTables = [] } = await client.describeRouteTables({
      Filters: [{ Name: "association.main", Values: ["true"] }],
    });
    expect(RouteTables[0]?.Routes).toMatchObject([
      { DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGateways[0]?.InternetGatewayId },
      { DestinationCidrBlock: "172.31.0.0/16", GatewayId: "local", Origin: "CreateRouteTable" },
    ]);
    const { NetworkAcls = [] } = await client.describeNetworkAcls({});
    expect(NetworkAcls[0]).toMatchObject({ IsDefault: true, VpcId: Vpcs[0]?.VpcId });
    expect(NetworkAcls[0]?.Associations).toHaveLength(3);
    const elsewhere = inRegion("us-east-1");
    const { Vpcs: others = [] } = await elsewhere.describeVpcs({});
    elsewhere.destroy();
    expect(others[0]?.VpcId).not.toBe(Vpcs[0]?.VpcId);
  });

  it("is made once, however many ask at once", async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => client.describeVpcs({})));
    expect(new Set(asked.flatMap(({ Vpcs = [] }) => Vpcs.map(({ VpcId }) => VpcId))).size).toBe(1);
  });

  it("can be deleted when it is empty, stays away, and is made anew by CreateDefaultVpc", async () => {
    const { Vpcs = [] } = await client.describeVpcs({});
    const VpcId = Vpcs[0]?.VpcId ?? "";
    expect(await refusal(client.deleteVpc({ VpcId }))).toMatch(/^DependencyViolation/);
    const { Subnets = [] } = await client.describeSubnets({});
    for (const { SubnetId } of Subnets) await client.deleteSubnet({ SubnetId });
    const { InternetGateways = [] } = await client.describeInternetGateways({});
    const InternetGatewayId = InternetGateways[0]?.InternetGatewayId;
    expect(await refusal(client.deleteInternetGateway({ InternetGatewayId }))).toMatch(/^DependencyViolation/);
    await client.detachInternetGateway({ InternetGatewayId, VpcId });
    await client.deleteInternetGateway({ InternetGatewayId });
    await client.deleteVpc({ VpcId });
    expect((await client.describeVpcs({})).Vpcs).toEqual([]);
    expect(await refusal(client.createDefaultSubnet({ AvailabilityZone: "eu-west-1a" }))).toMatch(
      /^DefaultVpcDoesNotExist/,
    );
    expect(await refusal(client.createSecurityGroup({ GroupName: "a", Description: "a" }))).toMatch(
      /^VPCIdNotSpecified/,
    );
    const { Vpc } = await client.createDefaultVpc({});
    expect(Vpc).toMatchObject({ IsDefault: true, CidrBlock: "172.31.0.0/16" });
    expect(await refusal(client.createDefaultVpc({}))).toMatch(/^DefaultVpcAlreadyExists/);
    expect(await refusal(client.createDefaultSubnet({ AvailabilityZone: "eu-west-1b" }))).toMatch(
      /^DefaultSubnetAlreadyExistsInAvailabilityZone/,
    );
  });
});

describe("VPCs and subnets", () => {
  const vpc = async (CidrBlock = "10.0.0.0/16"): Promise<string> =>
    (await client.createVpc({ CidrBlock })).Vpc?.VpcId ?? "";

  it.each([
    ["10.0.0.0/8", "InvalidVpc.Range"],
    ["10.0.0.0/29", "InvalidVpc.Range"],
    ["10.0.0/16", "InvalidParameterValue"],
    ["10.0.0.256/16", "InvalidParameterValue"],
    ["010.0.0.0/16", "InvalidParameterValue"],
    ["fd00::/16", "InvalidParameterValue"],
    ["", "InvalidParameterValue"],
  ])("a VPC of %j is refused: %s", async (CidrBlock, code) => {
    expect(await refusal(client.createVpc({ CidrBlock }))).toMatch(code);
  });

  it("blocks lose the bits beyond their prefix", async () => {
    const { Vpc } = await client.createVpc({ CidrBlock: "10.7.3.9/18" });
    expect(Vpc?.CidrBlock).toBe("10.7.0.0/18");
  });

  it("keep their attributes and tags", async () => {
    const made = await client.createVpc({
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "shop & co <1>" }] }],
    });
    const VpcId = made.Vpc?.VpcId ?? "";
    expect(made.Vpc).toMatchObject({ IsDefault: false, Tags: [{ Key: "Name", Value: "shop & co <1>" }] });
    const attribute = async (Attribute: sdk.VpcAttributeName): Promise<unknown> => {
      const { EnableDnsSupport, EnableDnsHostnames } = await client.describeVpcAttribute({ VpcId, Attribute });
      return (EnableDnsSupport ?? EnableDnsHostnames)?.Value;
    };
    expect([await attribute("enableDnsSupport"), await attribute("enableDnsHostnames")]).toEqual([true, false]);
    await client.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
    expect(await attribute("enableDnsHostnames")).toBe(true);
    expect(await refusal(client.modifyVpcAttribute({ VpcId }))).toMatch(/^InvalidParameterCombination/);
    const named = await client.describeVpcs({ Filters: [{ Name: "tag:Name", Values: ["shop*"] }] });
    expect(named.Vpcs?.map((each) => each.VpcId)).toEqual([VpcId]);
    await client.deleteVpc({ VpcId });
    expect(await refusal(client.describeVpcs({ VpcIds: [VpcId] }))).toBe(
      `InvalidVpcID.NotFound: The vpc ID '${VpcId}' does not exist`,
    );
    expect((await client.describeTags({})).Tags).toEqual([]);
  });

  it("a subnet lies in its VPC, beside the others, in a zone of the region", async () => {
    const VpcId = await vpc();
    const { Subnet } = await client.createSubnet({ VpcId, CidrBlock: "10.0.1.0/24", AvailabilityZone: "eu-west-1b" });
    expect(Subnet).toMatchObject({ AvailabilityZoneId: "euw1-az2", AvailableIpAddressCount: 251, DefaultForAz: false });
    const attempts: readonly (readonly [sdk.CreateSubnetCommandInput, RegExp])[] = [
      [{ VpcId, CidrBlock: "10.0.1.128/25" }, /^InvalidSubnet.Conflict/],
      [{ VpcId, CidrBlock: "10.0.0.0/16" }, /^InvalidSubnet.Conflict/],
      [{ VpcId, CidrBlock: "10.1.0.0/24" }, /^InvalidSubnet.Range/],
      [{ VpcId, CidrBlock: "10.0.2.0/29" }, /^InvalidSubnet.Range/],
      [{ VpcId, CidrBlock: "ten" }, /^InvalidParameterValue/],
      [{ VpcId, CidrBlock: undefined }, /^MissingParameter: .*cidrBlock/],
      [{ VpcId: undefined, CidrBlock: "10.0.2.0/24" }, /^MissingParameter: .*vpcId/],
      [{ VpcId, CidrBlock: "10.0.2.0/24", AvailabilityZone: "eu-west-1z" }, /^InvalidParameterValue.*eu-west-1a/],
      [{ VpcId: "vpc-00000000", CidrBlock: "10.0.2.0/24" }, /^InvalidVpcID.NotFound/],
      [{ VpcId: "nonsense", CidrBlock: "10.0.2.0/24" }, /^InvalidVpcID.Malformed/],
    ];
    for (const [input, expected] of attempts) expect(await refusal(client.createSubnet(input))).toMatch(expected);
    expect((await client.describeSubnets({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] })).Subnets).toHaveLength(1);
    await client.modifySubnetAttribute({ SubnetId: Subnet?.SubnetId, MapPublicIpOnLaunch: { Value: true } });
    const { Subnets } = await client.describeSubnets({ SubnetIds: [Subnet?.SubnetId ?? ""] });
    expect(Subnets?.[0]?.MapPublicIpOnLaunch).toBe(true);
  });

  it("of another region or account are not there", async () => {
    const VpcId = await vpc();
    const elsewhere = inRegion("us-east-1");
    expect(await refusal(elsewhere.describeVpcs({ VpcIds: [VpcId] }))).toMatch(/^InvalidVpcID.NotFound/);
    expect(await refusal(elsewhere.createSubnet({ VpcId, CidrBlock: "10.0.1.0/24" }))).toMatch(
      /^InvalidVpcID.NotFound/,
    );
    expect(await refusal(elsewhere.createTags({ Resources: [VpcId], Tags: [{ Key: "a", Value: "b" }] }))).toMatch(
      /^InvalidID/,
    );
    elsewhere.destroy();
  });

  it("DryRun changes nothing, and says what would have become of it", async () => {
    expect(await refusal(client.createVpc({ CidrBlock: "10.0.0.0/16", DryRun: true }))).toMatch(/^DryRunOperation/);
    expect(await refusal(client.createVpc({ CidrBlock: "10.0.0.0/8", DryRun: true }))).toMatch(/^InvalidVpc.Range/);
    expect((await client.describeVpcs({})).Vpcs).toHaveLength(1);
    expect(await refusal(client.describeVpcs({ DryRun: true }))).toMatch(/^DryRunOperation/);
  });

  it("come in pages, whatever is made meanwhile", async () => {
    for (let index = 0; index < 11; index++) await vpc(`10.${index}.0.0/16`);
    const ids: string[] = [];
    for await (const page of sdk.paginateDescribeVpcs({ client, pageSize: 5 }, {})) {
      expect(page.Vpcs?.length).toBeLessThanOrEqual(5);
      ids.push(...(page.Vpcs ?? []).map(({ VpcId }) => VpcId ?? ""));
    }
    expect(new Set(ids).size).toBe(12);
    expect(await refusal(client.describeVpcs({ MaxResults: 1 }))).toMatch(/^InvalidParameterValue/);
    expect(await refusal(client.describeVpcs({ NextToken: "abc" }))).toMatch(/^InvalidNextToken/);
    expect(await refusal(client.describeVpcs({ VpcIds: ids.slice(0, 1), MaxResults: 5 }))).toMatch(
      /^InvalidParameterCombination/,
    );
    expect(await refusal(client.describeVpcs({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toMatch(
      /^InvalidParameterValue: The filter 'colour' is invalid/,
    );
  });
});

describe("security groups", () => {
  let GroupId: string;
  beforeEach(async () => {
    GroupId = (await client.createSecurityGroup({ GroupName: "web", Description: "the web" })).GroupId ?? "";
  });
  const https = (CidrIp: string): sdk.IpPermission => ({
    IpProtocol: "tcp",
    FromPort: 443,
    ToPort: 443,
    IpRanges: [{ CidrIp }],
  });

  it("let nobody in at first, and everybody out", async () => {
    const { SecurityGroups } = await client.describeSecurityGroups({ GroupIds: [GroupId] });
    expect(SecurityGroups).toMatchObject([
      { GroupName: "web", IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: "-1" }] },
    ]);
  });

  it("have a name of their own in their VPC", async () => {
    const twin = client.createSecurityGroup({ GroupName: "web", Description: "again" });
    expect(await refusal(twin)).toMatch(/^InvalidGroup.Duplicate/);
    const { Vpc } = await client.createVpc({ CidrBlock: "10.0.0.0/16" });
    await client.createSecurityGroup({ GroupName: "web", Description: "elsewhere", VpcId: Vpc?.VpcId });
    for (const [GroupName, Description] of [
      ["default", "x"],
      ["sg-abc", "x"],
      ["grüße", "x"],
      ["ok", ""],
      ["x".repeat(256), "x"],
    ]) {
      expect(await refusal(client.createSecurityGroup({ GroupName, Description }))).toMatch(
        /^(InvalidGroup.Reserved|InvalidParameterValue)/,
      );
    }
  });

  it("get rules with ids, which can be seen, described, changed and taken away", async () => {
    const { SecurityGroupRules = [] } = await client.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [
        https("203.0.113.7/24"),
        { IpProtocol: "6", FromPort: 80, ToPort: 80, Ipv6Ranges: [{ CidrIpv6: "2001:DB8::1/32" }] },
        { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId, Description: "among us" }] },
      ],
      TagSpecifications: [{ ResourceType: "security-group-rule", Tags: [{ Key: "who", Value: "all" }] }],
    });
    expect(SecurityGroupRules).toMatchObject([
      { IpProtocol: "tcp", FromPort: 443, CidrIpv4: "203.0.113.0/24", IsEgress: false, Tags: [{ Key: "who" }] },
      { IpProtocol: "tcp", FromPort: 80, CidrIpv6: "2001:db8::/32" },
      { IpProtocol: "-1", FromPort: -1, ReferencedGroupInfo: { GroupId }, Description: "among us" },
    ]);
    const twin = client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [https("203.0.113.0/24")] });
    expect(await refusal(twin)).toBe(
      'InvalidPermission.Duplicate: the specified rule "peer: 203.0.113.0/24, TCP, from port: 443, to port: 443, ALLOW" already exists',
    );
    const ids = SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? "");
    await client.modifySecurityGroupRules({
      GroupId,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: ids[0],
          SecurityGroupRule: { IpProtocol: "tcp", FromPort: 8443, ToPort: 8443, CidrIpv4: "0.0.0.0/0" },
        },
      ],
    });
    await client.updateSecurityGroupRuleDescriptionsIngress({
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: ids[0], Description: "everybody" }],
    });
    const { SecurityGroupRules: seen = [] } = await client.describeSecurityGroupRules({
      Filters: [{ Name: "group-id", Values: [GroupId] }],
    });
    expect(seen).toHaveLength(4);
    expect(seen.find(({ SecurityGroupRuleId }) => SecurityGroupRuleId === ids[0])).toMatchObject({
      FromPort: 8443,
      CidrIpv4: "0.0.0.0/0",
      Description: "everybody",
    });
    const byPort = [{ Name: "ip-permission.from-port", Values: ["8443"] }];
    expect((await client.describeSecurityGroups({ Filters: byPort })).SecurityGroups).toHaveLength(1);
    await client.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds: ids.slice(1) });
    const { SecurityGroups } = await client.describeSecurityGroups({ GroupIds: [GroupId] });
    expect(SecurityGroups?.[0]?.IpPermissions).toHaveLength(1);
  });

  it("answer what they did not have in the default VPC, and refuse it elsewhere", async () => {
    const unknown = await client.revokeSecurityGroupIngress({ GroupId, IpPermissions: [https("10.0.0.0/8")] });
    expect(unknown.UnknownIpPermissions).toMatchObject([{ FromPort: 443, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }]);
    const { Vpc } = await client.createVpc({ CidrBlock: "10.0.0.0/16" });
    const other = await client.createSecurityGroup({ GroupName: "b", Description: "b", VpcId: Vpc?.VpcId });
    const lost = client.revokeSecurityGroupIngress({ GroupId: other.GroupId, IpPermissions: [https("10.0.0.0/8")] });
    expect(await refusal(lost)).toMatch(/^InvalidPermission.NotFound/);
    const across = client.authorizeSecurityGroupIngress({
      GroupId,
      IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: other.GroupId }] }],
    });
    expect(await refusal(across)).toMatch(/^InvalidGroup.NotFound.*different networks/);
  });

  it.each<[sdk.IpPermission, RegExp]>([
    [https("10.0.0.0/33"), /^InvalidParameterValue: CIDR block/],
    [https("::/0"), /^InvalidParameterValue: CIDR block/],
    [{ ...https("10.0.0.0/8"), FromPort: 444 }, /^InvalidParameterValue.*port range/],
    [{ ...https("10.0.0.0/8"), ToPort: 70_000 }, /^InvalidParameterValue/],
    [{ ...https("10.0.0.0/8"), FromPort: undefined }, /^InvalidParameterValue.*both from and to ports/],
    [{ ...https("10.0.0.0/8"), IpProtocol: "tpc" }, /^InvalidParameterValue.*Unknown protocol/],
    [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2 }, /^MissingParameter/],
    [{ ...https("10.0.0.0/8"), PrefixListIds: [{ PrefixListId: "pl-1" }] }, /^InvalidPrefixListID.NotFound/],
    [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-00000000" }] }, /^InvalidGroup.NotFound/],
    [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "x" }] }, /^InvalidGroupId.Malformed/],
    [{ ...https("10.0.0.0/8"), IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "ä" }] }, /^InvalidParameterValue/],
  ])("refuse the rule %j", async (permission, expected) => {
    const both = [https("192.0.2.0/24"), permission];
    expect(await refusal(client.authorizeSecurityGroupIngress({ GroupId, IpPermissions: both }))).toMatch(expected);
    const { SecurityGroups } = await client.describeSecurityGroups({ GroupIds: [GroupId] });
    expect(SecurityGroups?.[0]?.IpPermissions).toEqual([]);
  });

  it("cannot be deleted while another names them, nor when they are the default one", async () => {
    const other = await client.createSecurityGroup({ GroupName: "b", Description: "b" });
    await client.authorizeSecurityGroupIngress({
      GroupId: other.GroupId,
      IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId }] }],
    });
    expect(await refusal(client.deleteSecurityGroup({ GroupId }))).toMatch(/^DependencyViolation/);
    await client.deleteSecurityGroup({ GroupName: "b" });
    await client.deleteSecurityGroup({ GroupId });
    expect(await refusal(client.deleteSecurityGroup({ GroupId }))).toMatch(/^InvalidGroup.NotFound/);
    expect(await refusal(client.deleteSecurityGroup({ GroupName: "default" }))).toMatch(/^CannotDelete/);
    expect(await refusal(client.deleteSecurityGroup({}))).toMatch(/^MissingParameter/);
  });
});

describe("routes", () => {
  it("are made, replaced and removed as Terraform's VPC module does it", async () => {
    const { Vpc } = await client.createVpc({ CidrBlock: "10.0.0.0/16" });
    const VpcId = Vpc?.VpcId ?? "";
    const { Subnet } = await client.createSubnet({ VpcId, CidrBlock: "10.0.1.0/24" });
    const { InternetGateway } = await client.createInternetGateway({});
    const GatewayId = InternetGateway?.InternetGatewayId;
    const { RouteTable } = await client.createRouteTable({
      VpcId,
      TagSpecifications: [{ ResourceType: "route-table", Tags: [{ Key: "Name", Value: "public" }] }],
    });
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    expect(RouteTable).toMatchObject({ Tags: [{ Value: "public" }], Routes: [{ GatewayId: "local" }] });
    const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId };
    expect(await refusal(client.createRoute(route))).toMatch(/different networks/);
    await client.attachInternetGateway({ InternetGatewayId: GatewayId, VpcId });
    expect(await refusal(client.attachInternetGateway({ InternetGatewayId: GatewayId, VpcId }))).toMatch(
      /^Resource.AlreadyAssociated/,
    );
    await client.createRoute(route);
    expect(await refusal(client.createRoute(route))).toMatch(/^RouteAlreadyExists/);
    expect(await refusal(client.createRoute({ ...route, GatewayId: undefined, NatGatewayId: "nat-1" }))).toMatch(
      /^InvalidParameterValue.*natGatewayId/,
    );
    await client.replaceRoute(route);
    const { AssociationId } = await client.associateRouteTable({ RouteTableId, SubnetId: Subnet?.SubnetId });
    expect((await client.associateRouteTable({ RouteTableId, SubnetId: Subnet?.SubnetId })).AssociationId).toBe(
      AssociationId,
    );
    expect(await refusal(client.deleteRouteTable({ RouteTableId }))).toMatch(/^DependencyViolation/);
    const bySubnet = [{ Name: "association.subnet-id", Values: [Subnet?.SubnetId ?? ""] }];
    expect((await client.describeRouteTables({ Filters: bySubnet })).RouteTables).toMatchObject([{ RouteTableId }]);
    await client.disassociateRouteTable({ AssociationId });
    expect(await refusal(client.disassociateRouteTable({ AssociationId }))).toMatch(/^InvalidAssociationID.NotFound/);
    await client.deleteRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0" });
    expect(await refusal(client.deleteRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0" }))).toMatch(
      /^InvalidRoute.NotFound/,
    );
    expect(await refusal(client.deleteRoute({ RouteTableId, DestinationCidrBlock: "10.0.0.0/16" }))).toMatch(
      /cannot remove local route/,
    );
    await client.deleteRouteTable({ RouteTableId });
  });

  it("the default network ACL keeps its entries", async () => {
    const { NetworkAcls = [] } = await client.describeNetworkAcls({});
    const NetworkAclId = NetworkAcls[0]?.NetworkAclId;
    const entry = { NetworkAclId, RuleNumber: 100, Egress: false, Protocol: "-1", RuleAction: "allow" } as const;
    expect(await refusal(client.createNetworkAclEntry({ ...entry, CidrBlock: "0.0.0.0/0" }))).toMatch(
      /^NetworkAclEntryAlreadyExists/,
    );
    await client.deleteNetworkAclEntry({ NetworkAclId, RuleNumber: 100, Egress: false });
    const tcp = { ...entry, Protocol: "tcp", CidrBlock: "10.0.0.0/8", PortRange: { From: 443, To: 443 } };
    await client.createNetworkAclEntry(tcp);
    const { NetworkAcls: seen = [] } = await client.describeNetworkAcls({ NetworkAclIds: [NetworkAclId ?? ""] });
    expect(seen[0]?.Entries?.find(({ Egress, RuleNumber }) => !Egress && RuleNumber === 100)).toEqual({
      CidrBlock: "10.0.0.0/8",
      Egress: false,
      PortRange: { From: 443, To: 443 },
      Protocol: "6",
      RuleAction: "allow",
      RuleNumber: 100,
    });
  });
});

describe("tags", () => {
  it("are set, found and taken away", async () => {
    const { Vpcs = [] } = await client.describeVpcs({});
    const Resources = [Vpcs[0]?.VpcId ?? ""];
    await client.createTags({
      Resources,
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "" },
      ],
    });
    await client.createTags({ Resources, Tags: [{ Key: "a", Value: "2" }] });
    const { Tags } = await client.describeTags({ Filters: [{ Name: "resource-id", Values: Resources }] });
    expect(Tags).toEqual([
      { Key: "a", ResourceId: Resources[0], ResourceType: "vpc", Value: "2" },
      { Key: "b", ResourceId: Resources[0], ResourceType: "vpc", Value: "" },
    ]);
    await client.deleteTags({ Resources, Tags: [{ Key: "a", Value: "other" }] });
    expect((await client.describeTags({ Filters: [{ Name: "key", Values: ["a"] }] })).Tags).toHaveLength(1);
    await client.deleteTags({ Resources, Tags: [{ Key: "a" }] });
    await client.deleteTags({ Resources });
    expect((await client.describeTags({})).Tags).toEqual([]);
    const tags = (count: number): sdk.Tag[] => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: "v" }));
    await client.createTags({ Resources, Tags: tags(50) });
    expect(await refusal(client.createTags({ Resources, Tags: [{ Key: "one more", Value: "" }] }))).toMatch(
      /^TagLimitExceeded/,
    );
    expect(await refusal(client.createTags({ Resources, Tags: [{ Key: "aws:x", Value: "" }] }))).toMatch(
      /^InvalidParameterValue.*reserved/,
    );
  });
});

describe("what only describes", () => {
  it("zones, regions and the account", async () => {
    const { AvailabilityZones = [] } = await client.describeAvailabilityZones({
      Filters: [{ Name: "state", Values: ["available"] }],
    });
    expect(AvailabilityZones.map(({ ZoneName }) => ZoneName)).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    expect(await refusal(client.describeAvailabilityZones({ ZoneNames: ["eu-west-9a"] }))).toMatch(
      /^InvalidParameterValue/,
    );
    const { Regions = [] } = await client.describeRegions({});
    expect(Regions.map(({ RegionName }) => RegionName)).toContain("us-east-1");
    const { AccountAttributes = [] } = await client.describeAccountAttributes({
      AttributeNames: ["supported-platforms"],
    });
    expect(AccountAttributes[0]?.AttributeValues).toEqual([{ AttributeValue: "VPC" }]);
    expect((await client.describeInstances({})).Reservations).toEqual([]);
    expect((await client.describeNetworkInterfaces({})).NetworkInterfaces).toEqual([]);
  });

  it("what is not there says so", async () => {
    expect(await refusal(client.runInstances({ ImageId: "ami-1", MinCount: 1, MaxCount: 1 }))).toMatch(
      /^NotImplemented/,
    );
    expect(await refusal(client.describeInstances({ InstanceIds: ["i-00000000"] }))).toMatch(
      /^InvalidInstanceID.NotFound/,
    );
    const stranger = new sdk.EC2({
      endpoint,
      region: "eu-west-1",
      maxAttempts: 1,
      credentials: { ...TEST_KEY, secretAccessKey: "wrong" },
    });
    expect(await refusal(stranger.describeVpcs({}))).toMatch(/^AuthFailure/);
    stranger.destroy();
  });
});
