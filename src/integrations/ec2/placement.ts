import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Scheme } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import { newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import { freeAddresses, type Subnet } from "#domain/network/vpc.ts";
import { Refusal } from "#domain/refusal.ts";
import type { BalancerType } from "#domain/tls/policies.ts";
import { gatewayOfVpc } from "#store/internet-gateways.ts";
import { insertInterfaces, interfacesOfBalancer, removeInterfaces } from "#store/network-interfaces.ts";
import {
  findGroupByName,
  findSecurityGroup,
  groupsOfLoadBalancer,
  setLoadBalancerGroups,
} from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { countAddressesUsed, findSubnet } from "#store/subnets.ts";
import { findVpc, holdVpc } from "#store/vpcs.ts";
import { announceMembers } from "./announce-groups.ts";
import { ensureNetwork } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";

/** Where a load balancer is to stand, as a request says it. */
export interface WantedPlacement {
  readonly type: BalancerType;
  readonly scheme: Scheme;
  readonly subnets: readonly string[];
  /** Empty: the default group for an Application Load Balancer, none for a Network Load Balancer. */
  readonly securityGroups: readonly string[];
}

/** Where it can stand. */
export interface Placement {
  readonly vpcId: string;
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly string[];
}

/**
 * Checks where a load balancer is to stand and holds its VPC to the end of the transaction. Throws `subnet-not-found`,
 * `subnet-invalid` (subnets of two VPCs, too few free addresses, no way to the internet), `balancer-input-invalid` (one
 * zone only), `balancer-configuration-invalid` (two subnets in a zone), `security-group-invalid`.
 */
export async function checkPlacement(
  tx: Tx,
  wanted: WantedPlacement,
  owner: Owner,
  deps: Pick<NetworkDeps, "ids" | "clock">,
): Promise<Placement> {
  await ensureNetwork(tx, owner, deps);
  const subnets: Subnet[] = [];
  for (const id of wanted.subnets) subnets.push((await findSubnet(tx, owner, id)) ?? subnetNotFound(id));
  const [first] = subnets;
  if (!first) throw new Refusal("balancer-input-invalid", "You must specify subnets or subnet mappings");
  await holdVpc(tx, owner, first.vpcId);
  await checkSubnets(tx, wanted, subnets);
  return {
    vpcId: first.vpcId,
    subnets,
    securityGroups: await checkedGroups(tx, wanted, first.vpcId, owner),
  };
}

/**
 * Puts a load balancer, or one that is there already, where it can stand: an interface in each subnet, its security
 * groups, and all others told whose groups let members of these groups in.
 */
export async function placeBalancer(
  tx: Tx,
  loadBalancerArn: LoadBalancerArn,
  { subnets, securityGroups }: Pick<Placement, "subnets" | "securityGroups">,
  owner: Owner,
  { ids, clock }: Pick<NetworkDeps, "ids" | "clock">,
): Promise<void> {
  const present = await interfacesOfBalancer(tx, loadBalancerArn);
  const gone = present.filter(({ subnetId }) => !subnets.some(({ id }) => id === subnetId));
  await removeInterfaces(
    tx,
    gone.map(({ id }) => id),
  );
  const added = subnets.filter(({ id }) => !present.some(({ subnetId }) => subnetId === id));
  await insertInterfaces(
    tx,
    owner,
    added.map(({ id }) => ({
      id: newId("eni", ids),
      attachmentId: newId("ela-attach", ids),
      loadBalancerArn,
      subnetId: id,
      attachedAt: clock.now(),
    })),
  );
  const before = await groupsOfLoadBalancer(tx, loadBalancerArn);
  await setLoadBalancerGroups(tx, loadBalancerArn, [...new Set(securityGroups)]);
  const changed = [...before, ...securityGroups].filter((id) => !(before.includes(id) && securityGroups.includes(id)));
  await announceMembers(tx, changed, loadBalancerArn);
}

/** To be called before a load balancer is removed: who lets members of its groups in is told. */
export async function leaveNetwork(tx: Tx, loadBalancerArn: LoadBalancerArn): Promise<void> {
  await announceMembers(tx, await groupsOfLoadBalancer(tx, loadBalancerArn), loadBalancerArn);
}

/** Throws `balancer-input-invalid` for a VPC that an owner has not. */
export async function checkVpc(
  tx: Tx,
  vpcId: string,
  owner: Owner,
  deps: Pick<NetworkDeps, "ids" | "clock">,
): Promise<void> {
  await ensureNetwork(tx, owner, deps);
  if (await findVpc(tx, owner, vpcId)) return;
  throw new Refusal("balancer-input-invalid", `The VPC ID '${vpcId}' is not found`);
}

async function checkSubnets(tx: Tx, { type, scheme }: WantedPlacement, subnets: readonly Subnet[]): Promise<void> {
  const [first] = subnets;
  if (new Set(subnets.map(({ id }) => id)).size < subnets.length) {
    throw new Refusal("balancer-input-invalid", "A subnet cannot be specified more than once");
  }
  if (subnets.some(({ vpcId }) => vpcId !== first?.vpcId)) {
    throw new Refusal("subnet-invalid", "The subnets must all be of the same VPC");
  }
  const zones = new Set(subnets.map(({ zone }) => zone));
  if (zones.size < subnets.length) {
    throw new Refusal(
      "balancer-configuration-invalid",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  if (type === "application" && zones.size < 2) {
    throw new Refusal(
      "balancer-input-invalid",
      "At least two subnets in two different Availability Zones must be specified",
    );
  }
  const used = await countAddressesUsed(
    tx,
    subnets.map(({ id }) => id),
  );
  const full = subnets.find((subnet) => freeAddresses(subnet, used.get(subnet.id) ?? 0) < FREE_ADDRESSES);
  if (full) {
    throw new Refusal(
      "subnet-invalid",
      `Not enough IP space available in ${full.id}. ELB requires at least ${FREE_ADDRESSES} free IP addresses in each subnet.`,
    );
  }
  if (scheme === "internet-facing" && first && !(await gatewayOfVpc(tx, first.vpcId))) {
    throw new Refusal("subnet-invalid", `VPC ${first.vpcId} has no internet gateway`);
  }
}

async function checkedGroups(
  tx: Tx,
  { type, securityGroups }: WantedPlacement,
  vpcId: string,
  owner: Owner,
): Promise<readonly string[]> {
  if (securityGroups.length > NETWORK_QUOTAS.groupsPerInterface) {
    throw new Refusal(
      "security-group-invalid",
      `A load balancer can have up to ${NETWORK_QUOTAS.groupsPerInterface} security groups`,
    );
  }
  for (const id of securityGroups) {
    const group = await findSecurityGroup(tx, owner, id);
    if (!group)
      throw new Refusal("security-group-invalid", `One or more security groups are invalid: '${id}' does not exist`);
    if (group.vpcId !== vpcId) {
      throw new Refusal(
        "security-group-invalid",
        `One or more security groups are invalid: '${id}' is of ${group.vpcId}, not of ${vpcId}`,
      );
    }
  }
  if (securityGroups.length > 0 || type === "network") return [...new Set(securityGroups)];
  const standard = await findGroupByName(tx, vpcId, "default");
  return standard ? [standard.id] : [];
}

function subnetNotFound(id: string): never {
  throw new Refusal("subnet-not-found", `The subnet ID '${id.slice(0, 100)}' does not exist`);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const FREE_ADDRESSES = 8;
