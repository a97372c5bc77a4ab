import { describe, expect, it } from "vitest";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { EdgeIngress } from "#domain/edge-config.ts";
import type { NewGroupRule } from "#domain/network/security-group.ts";
import { Refusal } from "#domain/refusal.ts";
import { authorize, revokeById } from "#integrations/ec2/group-rules.ts";
import { deregisterHost, type GivenHost, registerHost } from "#integrations/ec2/hosts.ts";
import { detachInternetGateway } from "#integrations/ec2/internet-gateways.ts";
import { findGateways, findHosts, findInterfaces, findVpcs } from "#integrations/ec2/lists.ts";
import { createSecurityGroup, deleteSecurityGroup } from "#integrations/ec2/security-groups.ts";
import { createSubnet, deleteSubnet } from "#integrations/ec2/subnets.ts";
import { createVpc } from "#integrations/ec2/vpcs.ts";
import { askNetwork, changeNetwork } from "#integrations/ec2/work.ts";
import { createListener } from "#integrations/elbv2/create-listener.ts";
import { deleteLoadBalancer } from "#integrations/elbv2/delete-load-balancer.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { edgeBalancer } from "#integrations/elbv2/edge-balancer.ts";
import { registerTargets } from "#integrations/elbv2/register-targets.ts";
import { setSecurityGroups, setSubnets } from "#integrations/elbv2/set-network.ts";
import { createTargetGroup } from "#integrations/elbv2/target-groups.ts";
import { edgeChangesSince, newestEdgeRevision } from "#store/edge-changes.ts";
import { hostAddressesOf } from "#store/hosts.ts";
import { balancerDeps, callerOf } from "../support/balancers.ts";
import { DATABASES } from "../support/databases.ts";
import { defaultNetwork, makeBalancer, makeGroup } from "../support/network.ts";

const ME = callerOf();
const ALL = { after: "", limit: 1000 };
const from = (source: string, port = 443): Omit<NewGroupRule, "egress" | "description"> => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  sourceKind: source.startsWith("sg-") ? "group" : "ipv4",
  source,
});
const host = (address: string, more: Partial<GivenHost> = {}): GivenHost => ({
  instanceId: undefined,
  address,
  subnetId: undefined,
  zone: undefined,
  securityGroups: undefined,
  tags: undefined,
  ...more,
});
const code = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "no refusal",
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

for (const database of DATABASES) {
  const open = async (): Promise<BalancerDeps> => balancerDeps(await database.open());
  const register = (given: GivenHost, deps: BalancerDeps) =>
    changeNetwork(ME, deps, ({ tx }) => registerHost(tx, given, ME, deps));
  const ingress = async ({ arn }: LoadBalancer, deps: BalancerDeps): Promise<readonly EdgeIngress[] | undefined> =>
    (await edgeBalancer(deps.store, arn))?.ingress;
  /** Which load balancers edges are told of while something happens. */
  const announced = async (deps: BalancerDeps, act: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = await newestEdgeRevision(deps.store);
    await act();
    const changes = await edgeChangesSince(deps.store, before, 1000);
    return [...new Set(changes.map(({ subject }) => ("loadBalancerArn" in subject ? subject.loadBalancerArn : "")))];
  };

  describe(`networks on ${database.name}`, () => {
    it("are made once for each owner, however many ask at once", async () => {
      const deps = await open();
      const found = await Promise.all(
        Array.from({ length: 10 }, () => askNetwork(ME, deps, (look) => findVpcs(ALL, look))),
      );
      expect(new Set(found.flat().map(({ thing }) => thing.id)).size).toBe(1);
      const other = callerOf("210987654321");
      await askNetwork(other, deps, async (look) => {
        expect((await findVpcs(ALL, look)).map(({ thing }) => thing.account)).toEqual([other.account]);
      });
    });

    it("have no two subnets with an address in common, however many are made at once", async () => {
      const deps = await open();
      const vpc = await changeNetwork(ME, deps, ({ tx }) =>
        createVpc(tx, { cidrBlock: "10.0.0.0/16", tenancy: "default" }, ME, deps),
      );
      const blocks = Array.from({ length: 8 }, (_, index) => `10.0.${index % 2}.0/24`);
      const made = await Promise.allSettled(
        blocks.map((cidrBlock) =>
          changeNetwork(ME, deps, ({ tx }) =>
            createSubnet(tx, { vpcId: vpc.id, cidrBlock, zone: undefined }, ME, deps),
          ),
        ),
      );
      expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
      const group = { name: "web", description: "web", vpcId: vpc.id };
      const groups = await Promise.allSettled(
        blocks.map(() => changeNetwork(ME, deps, ({ tx }) => createSecurityGroup(tx, group, ME, deps))),
      );
      expect(groups.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });
  });

  describe(`where load balancers stand, on ${database.name}`, () => {
    it("an interface in each subnet holds subnet, groups and gateway, until it is deleted", async () => {
      const deps = await open();
      const group = await makeGroup("web", [], ME, deps);
      const { subnets } = await defaultNetwork(ME, deps);
      const web = await makeBalancer({ securityGroups: [group] }, ME, deps);
      expect(web.zones).toEqual(["eu-west-1a", "eu-west-1b"]);
      const shown = await askNetwork(ME, deps, (look) => findInterfaces(ALL, look));
      expect(shown.map(({ thing }) => thing.subnetId).toSorted()).toEqual(subnets.slice(0, 2).toSorted());
      expect(shown[0]).toMatchObject({
        thing: { address: web.address, type: "application" },
        groups: [{ name: "web" }],
      });
      const removeSubnet = () => changeNetwork(ME, deps, ({ tx }) => deleteSubnet(tx, subnets[0] ?? "", ME));
      const removeGroup = () => changeNetwork(ME, deps, ({ tx }) => deleteSecurityGroup(tx, group, ME));
      const [gateway] = await askNetwork(ME, deps, (look) => findGateways(ALL, look));
      const { id = "", vpcId = "" } = gateway?.thing ?? {};
      const detach = () => changeNetwork(ME, deps, ({ tx }) => detachInternetGateway(tx, id, vpcId, ME));
      expect([await code(removeSubnet()), await code(removeGroup()), await code(detach())]).toEqual([
        "dependency",
        "dependency",
        "dependency",
      ]);
      await setSubnets(web.arn, subnets.slice(1), ME, deps);
      await removeSubnet();
      await deleteLoadBalancer(web.arn, ME, deps);
      await removeGroup();
      await detach();
      expect(await askNetwork(ME, deps, (look) => findInterfaces(ALL, look))).toEqual([]);
      expect(await code(makeBalancer({ subnets: subnets.slice(1) }, ME, deps))).toBe("subnet-invalid");
      await makeBalancer({ subnets: subnets.slice(1), scheme: "internal" }, ME, deps);
    });

    it("is refused where it cannot stand", async () => {
      const deps = await open();
      const { subnets, vpcId } = await defaultNetwork(ME, deps);
      const other = await changeNetwork(ME, deps, ({ tx }) =>
        createVpc(tx, { cidrBlock: "10.0.0.0/16", tenancy: "default" }, ME, deps),
      );
      const subnet = (cidrBlock: string, vpc: string, zone: string) =>
        changeNetwork(ME, deps, ({ tx }) => createSubnet(tx, { vpcId: vpc, cidrBlock, zone }, ME, deps));
      const elsewhere = await subnet("10.0.1.0/24", other.id, "eu-west-1b");
      const twin = await subnet("172.31.128.0/24", vpcId, "eu-west-1a");
      const small = await subnet("172.31.129.0/28", vpcId, "eu-west-1b");
      const strange = await changeNetwork(ME, deps, ({ tx }) =>
        createSecurityGroup(tx, { name: "web", description: "web", vpcId: other.id }, ME, deps),
      );
      const [a = "", b = ""] = subnets;
      const cases: readonly (readonly [Parameters<typeof makeBalancer>[0], string])[] = [
        [{ subnets: [a] }, "balancer-input-invalid"],
        [{ subnets: [a, a] }, "balancer-input-invalid"],
        [{ subnets: [a, twin.id] }, "balancer-configuration-invalid"],
        [{ subnets: [a, elsewhere.id] }, "subnet-invalid"],
        [{ subnets: [a, "subnet-00000000"] }, "subnet-not-found"],
        [{ securityGroups: ["sg-00000000"] }, "security-group-invalid"],
        [{ securityGroups: [strange.id] }, "security-group-invalid"],
      ];
      for (const [more, expected] of cases)
        expect([more, await code(makeBalancer(more, ME, deps))]).toEqual([more, expected]);
      // Three load balancers leave a /28 with less than eight free addresses.
      for (const name of ["one", "two", "three"]) {
        await makeBalancer({ name, type: "network", subnets: [small.id] }, ME, deps);
      }
      await expect(
        makeBalancer({ name: "four", type: "network", subnets: [small.id] }, ME, deps),
      ).resolves.toBeDefined();
      expect(await code(makeBalancer({ name: "five", type: "network", subnets: [small.id] }, ME, deps))).toBe(
        "subnet-invalid",
      );
      const foreign = await defaultNetwork(callerOf("210987654321"), deps);
      expect(await code(makeBalancer({ name: "six", subnets: [b, foreign.subnets[0] ?? ""] }, ME, deps))).toBe(
        "subnet-not-found",
      );
    });
  });

  describe(`who may connect, on ${database.name}`, () => {
    it("an Application Load Balancer gets the default group, a Network Load Balancer none", async () => {
      const deps = await open();
      const app = await makeBalancer({}, ME, deps);
      expect(app.securityGroups).toHaveLength(1);
      // The rule of the default group lets in its members: the load balancer itself.
      expect(await ingress(app, deps)).toEqual([
        { protocol: "any", fromPort: 0, toPort: 65_535, cidr: `${app.address}/32` },
      ]);
      expect(await makeBalancer({}, ME, deps)).toEqual(app);
      const net = await makeBalancer({ name: "net", type: "network" }, ME, deps);
      expect([net.securityGroups, await ingress(net, deps)]).toEqual([[], undefined]);
      expect(await code(setSecurityGroups(net.arn, app.securityGroups, ME, deps))).toBe(
        "balancer-configuration-invalid",
      );
    });

    it("rules that come and go are told to the edges of those who are in the group", async () => {
      const deps = await open();
      const group = await makeGroup("web", [from("203.0.113.0/24"), from("203.0.113.0/24", 80)], ME, deps);
      const web = await makeBalancer({ securityGroups: [group] }, ME, deps);
      await makeBalancer({ name: "other" }, ME, deps);
      expect(await ingress(web, deps)).toEqual(
        expect.arrayContaining([
          { protocol: "tcp", fromPort: 443, toPort: 443, cidr: "203.0.113.0/24" },
          { protocol: "tcp", fromPort: 80, toPort: 80, cidr: "203.0.113.0/24" },
        ]),
      );
      let added: string | undefined;
      const rule = { ...from("0.0.0.0/0"), egress: false, description: undefined };
      const add = () =>
        changeNetwork(ME, deps, async ({ tx }) => {
          added = (await authorize(tx, group, [rule], ME, deps))[0]?.id;
        });
      expect(await announced(deps, add)).toEqual([web.arn]);
      expect(await ingress(web, deps)).toHaveLength(3);
      const take = () =>
        changeNetwork(ME, deps, ({ tx }) => revokeById(tx, group, { ruleIds: [added ?? ""], egress: false }, ME));
      expect(await announced(deps, take)).toEqual([web.arn]);
      expect(await ingress(web, deps)).toHaveLength(2);
    });

    it("members of a group that a rule names are let in, as they come, move and go", async () => {
      const deps = await open();
      const clients = await makeGroup("clients", [], ME, deps);
      const group = await makeGroup("web", [from(clients)], ME, deps);
      const web = await makeBalancer({ securityGroups: [group] }, ME, deps);
      const cidrs = async (): Promise<readonly string[]> => ((await ingress(web, deps)) ?? []).map(({ cidr }) => cidr);
      expect(await cidrs()).toEqual([]);
      const one = host("192.0.2.1", { instanceId: "i-0123456789abcdef0", securityGroups: [clients] });
      expect(await announced(deps, () => register(one, deps))).toEqual([web.arn]);
      expect(await cidrs()).toEqual(["192.0.2.1/32"]);
      expect(await announced(deps, () => register({ ...one, address: "192.0.2.2" }, deps))).toEqual([web.arn]);
      expect(await cidrs()).toEqual(["192.0.2.2/32"]);
      const inner = await makeBalancer({ name: "inner", securityGroups: [clients] }, ME, deps);
      expect(new Set(await cidrs())).toEqual(new Set(["192.0.2.2/32", `${inner.address}/32`]));
      expect(await announced(deps, () => setSecurityGroups(inner.arn, [group], ME, deps))).toContain(web.arn);
      await changeNetwork(ME, deps, ({ tx }) => deregisterHost(tx, "i-0123456789abcdef0", ME));
      expect(await cidrs()).toEqual([]);
      expect(await code(changeNetwork(ME, deps, ({ tx }) => deleteSecurityGroup(tx, clients, ME)))).toBe("dependency");
    });
  });

  describe(`hosts on ${database.name}`, () => {
    it("are where they say, in a zone and groups of the network, with tags", async () => {
      const deps = await open();
      const made = await register(
        host("192.0.2.1", { zone: "eu-west-1b", tags: [{ key: "Name", value: "app" }] }),
        deps,
      );
      expect(made).toMatchObject({ zone: "eu-west-1b", tags: [{ key: "Name", value: "app" }] });
      expect(made.instanceId).toMatch(/^i-[0-9a-f]{17}$/);
      expect(made.securityGroups).toHaveLength(1);
      const ids = [made.instanceId];
      expect([...(await hostAddressesOf(deps.store, ME, ids)).values()]).toEqual(["192.0.2.1"]);
      expect((await hostAddressesOf(deps.store, callerOf("210987654321"), ids)).size).toBe(0);
      const moved = await register(host("192.0.2.9", { instanceId: made.instanceId }), deps);
      expect(moved).toEqual({ ...made, address: "192.0.2.9" });
      await askNetwork(ME, deps, async (look) => expect(await findHosts(ALL, look)).toEqual([moved]));
    });

    it.each<[string, Partial<GivenHost>, string]>([
      ["no address", { address: "web.test" }, "host-input-invalid"],
      ["octets with zeros", { address: "192.0.2.01" }, "host-input-invalid"],
      ["a network", { address: "192.0.2.0/24" }, "host-input-invalid"],
      ["a multicast address", { address: "224.0.0.1" }, "host-input-invalid"],
      ["another's address", { address: "192.0.2.1" }, "host-exists"],
      ["a bad id", { instanceId: "web-1" }, "host-id-malformed"],
      ["an unknown subnet", { subnetId: "subnet-00000000" }, "subnet-missing"],
      ["an unknown zone", { zone: "eu-west-9a" }, "network-value-invalid"],
      ["an unknown group", { securityGroups: ["sg-00000000"] }, "group-not-found"],
      ["reserved tags", { tags: [{ key: "aws:x", value: "" }] }, "network-value-invalid"],
    ])("are refused for %s", async (_, more, expected) => {
      const deps = await open();
      await register(host("192.0.2.1"), deps);
      expect(await code(register(host("192.0.2.2", more), deps))).toBe(expected);
      await askNetwork(ME, deps, async (look) => expect(await findHosts(ALL, look)).toHaveLength(1));
    });

    it("that target groups name are told to edges when they move", async () => {
      const deps = await open();
      const { vpcId } = await defaultNetwork(ME, deps);
      const web = await makeBalancer({}, ME, deps);
      const group = await createTargetGroup(
        {
          name: "app",
          protocol: "HTTP",
          protocolVersion: "HTTP1",
          targetType: "instance",
          port: 80,
          vpcId,
          healthCheck: {},
          tags: [],
        },
        ME,
        deps,
      );
      await createListener(
        {
          loadBalancerArn: web.arn,
          port: 80,
          protocol: "HTTP",
          sslPolicy: undefined,
          alpnPolicy: undefined,
          certificateArn: undefined,
          mutualAuthentication: undefined,
          actions: [
            {
              action: { type: "forward", targetGroups: [{ arn: group.arn, weight: 1 }], stickiness: undefined },
              order: undefined,
            } as never,
          ],
          tags: [],
        },
        ME,
        deps,
      );
      const { instanceId } = await register(host("192.0.2.1"), deps);
      await registerTargets(group.arn, [{ id: instanceId, port: undefined, zone: undefined }], ME, deps);
      const targets = async () => (await edgeBalancer(deps.store, web.arn))?.targetGroups[0]?.targets;
      expect(await targets()).toMatchObject([{ id: instanceId, address: "192.0.2.1", port: 80 }]);
      const move = () => register(host("192.0.2.2", { instanceId }), deps);
      expect(await announced(deps, move)).toContain(web.arn);
      expect(await targets()).toMatchObject([{ id: instanceId, address: "192.0.2.2" }]);
    });
  });
}
