import type { Owner } from "#domain/names.ts";
import { newId } from "#domain/network/ids.ts";
import { DEFAULT_SUBNET_OPTIONS, DEFAULT_VPC_CIDR, type Vpc } from "#domain/network/vpc.ts";
import { zonesOf } from "#domain/network/zones.ts";
import { insertInternetGateway } from "#store/internet-gateways.ts";
import { insertAclEntry } from "#store/network-acls.ts";
import { insertAssociation, insertRoute, insertRouteTable } from "#store/route-tables.ts";
import { insertGroupRule } from "#store/security-group-rules.ts";
import { insertSecurityGroup } from "#store/security-groups.ts";
import type { Store, Tx } from "#store/store.ts";
import { insertSubnet } from "#store/subnets.ts";
import { claimNetwork, hasNetwork, insertVpc } from "#store/vpcs.ts";
import type { NetworkDeps } from "./deps.ts";

/** Makes an owner's default VPC when it asks for networks the first time; one that was deleted stays away. */
export async function ensureNetwork(tx: Tx, owner: Owner, deps: Omit<NetworkDeps, "store">): Promise<void> {
  if (await claimNetwork(tx, owner, deps.clock.now().getTime())) await makeDefaultVpc(tx, owner, deps);
}

/** As `ensureNetwork`, for those who only ask. */
export async function ensureNetworkOutside(owner: Owner, deps: NetworkDeps): Promise<void> {
  const { store }: { readonly store: Store } = deps;
  if (await hasNetwork(store, owner)) return;
  await store.transaction().execute((tx) => ensureNetwork(tx, owner, deps));
}

/**
 * The default VPC with an internet gateway and a default subnet in each zone; undefined when there is one already.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export async function makeDefaultVpc(
  tx: Tx,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<Vpc | undefined> {
  const options = { dnsSupport: true, dnsHostnames: true, addressUsageMetrics: false };
  const made = await makeVpc(
    tx,
    { cidrBlock: DEFAULT_VPC_CIDR, isDefault: true, tenancy: "default", ...options },
    owner,
    ids,
  );
  if (!made) return undefined;
  const { vpc, routeTableId } = made;
  const gateway = { ...owned(owner), id: newId("igw", ids), vpcId: vpc.id };
  await insertInternetGateway(tx, gateway);
  await insertRoute(tx, routeTableId, {
    destination: ANYWHERE,
    targetKind: "internet-gateway",
    target: gateway.id,
    origin: "CreateRoute",
  });
  for (const [index, { name }] of zonesOf(owner.region).entries()) {
    await insertSubnet(tx, {
      ...DEFAULT_SUBNET_OPTIONS,
      ...owned(owner),
      id: newId("subnet", ids),
      vpcId: vpc.id,
      zone: name,
      cidrBlock: `172.31.${index * 16}.0/20`,
      isDefault: true,
      publicAddresses: true,
      aclAssociationId: newId("aclassoc", ids),
    });
  }
  return vpc;
}

/**
 * A VPC with what EC2 makes with every one: a main route table, a default security group whose members may reach each
 * other, and a network ACL that allows everything. Undefined when it were a second default VPC.
 */
export async function makeVpc(
  tx: Tx,
  settings: Pick<Vpc, "cidrBlock" | "isDefault" | "tenancy" | "dnsSupport" | "dnsHostnames" | "addressUsageMetrics">,
  owner: Owner,
  ids: NetworkDeps["ids"],
): Promise<{ readonly vpc: Vpc; readonly routeTableId: string } | undefined> {
  const vpc: Vpc = {
    ...settings,
    ...owned(owner),
    id: newId("vpc", ids),
    cidrAssociationId: newId("vpc-cidr-assoc", ids),
    networkAclId: newId("acl", ids),
  };
  if (!(await insertVpc(tx, vpc))) return undefined;
  for (const egress of [false, true]) {
    const ports = { fromPort: undefined, toPort: undefined, icmpType: undefined, icmpCode: undefined };
    await insertAclEntry(tx, vpc.id, {
      egress,
      ruleNumber: 100,
      protocol: "-1",
      action: "allow",
      cidr: ANYWHERE,
      ...ports,
    });
  }
  const routeTableId = newId("rtb", ids);
  await insertRouteTable(tx, { ...owned(owner), id: routeTableId, vpcId: vpc.id });
  await insertRoute(tx, routeTableId, {
    destination: vpc.cidrBlock,
    targetKind: "local",
    target: "local",
    origin: "CreateRouteTable",
  });
  await insertAssociation(tx, { id: newId("rtbassoc", ids), routeTableId, vpcId: vpc.id, subnetId: undefined });
  await makeDefaultGroup(tx, vpc, ids);
  return { vpc, routeTableId };
}

/** The rule of every new group: out to everybody. */
export async function allowEgress(
  tx: Tx,
  group: Owner & { readonly id: string },
  ids: NetworkDeps["ids"],
): Promise<void> {
  await insertGroupRule(tx, {
    ...ANY,
    ...owned(group),
    id: newId("sgr", ids),
    groupId: group.id,
    egress: true,
    sourceKind: "ipv4",
    source: ANYWHERE,
    description: undefined,
  });
}

/** An owner's columns and no others. */
export function owned({ account, region }: Owner): Owner {
  return { account, region };
}

async function makeDefaultGroup(tx: Tx, vpc: Vpc, ids: NetworkDeps["ids"]): Promise<void> {
  const id = newId("sg", ids);
  const group = { ...owned(vpc), id, vpcId: vpc.id, name: "default", description: "default VPC security group" };
  await insertSecurityGroup(tx, group);
  await insertGroupRule(tx, {
    ...ANY,
    ...owned(vpc),
    id: newId("sgr", ids),
    groupId: id,
    egress: false,
    sourceKind: "group",
    source: id,
    description: undefined,
  });
  await allowEgress(tx, group, ids);
}

const ANYWHERE = "0.0.0.0/0";
const ANY = { protocol: "-1", fromPort: -1, toPort: -1 } as const;
