import type { Owner } from "#domain/names.ts";
import { type Host, hostAddressOf } from "#domain/network/host.ts";
import { checkId, newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import { checkNetworkTags, type NetworkTag } from "#domain/network/tags.ts";
import type { Subnet } from "#domain/network/vpc.ts";
import { Refusal } from "#domain/refusal.ts";
import { announceTarget } from "#integrations/elbv2/places.ts";
import { countHosts, findHostByAddress, insertHost, listHosts, removeHost, updateHost } from "#store/hosts.ts";
import { dropNetworkTags, putNetworkTags, removeNetworkTags, tagsOf } from "#store/network-tags.ts";
import { findGroupByName } from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { findDefaultSubnet } from "#store/subnets.ts";
import { findDefaultVpc, holdVpc } from "#store/vpcs.ts";
import { announceMembers } from "./announce-groups.ts";
import { ensureNetwork, owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { groupOf, subnetOf } from "./find.ts";
import { zoneOf } from "./subnets.ts";

/** A host as it is registered; what is undefined is chosen, or stays what it is. */
export interface GivenHost {
  readonly instanceId: string | undefined;
  readonly address: string;
  readonly subnetId: string | undefined;
  /** A zone's name or id: its default subnet is taken. */
  readonly zone: string | undefined;
  readonly securityGroups: readonly string[] | undefined;
  readonly tags: readonly NetworkTag[] | undefined;
}

export interface TaggedHost extends Host {
  readonly tags: readonly NetworkTag[];
}

/**
 * Registers a machine under an instance id, or says anew where it is. Whoever sends requests to it, or lets in who is in
 * its security groups, is told. Throws `host-exists` where another host has the address, `hosts-too-many`,
 * `host-input-invalid`, and not-found refusals of subnet and groups.
 */
export async function registerHost(
  tx: Tx,
  given: GivenHost,
  owner: Owner,
  deps: Pick<NetworkDeps, "ids" | "clock">,
): Promise<TaggedHost> {
  await ensureNetwork(tx, owner, deps);
  const address = hostAddressOf(given.address);
  if (given.instanceId !== undefined) checkId("instance", given.instanceId);
  const instanceId = given.instanceId ?? newId("i", deps.ids);
  checkNetworkTags(given.tags ?? []);
  const present = await findHost(tx, instanceId, owner);
  const subnet = await hostSubnet(tx, given, present, owner);
  await holdVpc(tx, owner, subnet.vpcId);
  const host: Host = {
    ...owned(owner),
    instanceId,
    address,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    securityGroups: await hostGroups(tx, given, present, subnet, owner),
    registeredAt: present?.registeredAt ?? deps.clock.now(),
  };
  const twin = await findHostByAddress(tx, owner, address);
  if (twin !== undefined && twin !== instanceId) throw addressTaken(address, twin);
  if (present) await updateHost(tx, host);
  else {
    if ((await countHosts(tx, owner)) >= NETWORK_QUOTAS.hostsPerRegion) {
      throw new Refusal(
        "hosts-too-many",
        `An account can have up to ${NETWORK_QUOTAS.hostsPerRegion} hosts in a region`,
      );
    }
    if (!(await insertHost(tx, host))) throw addressTaken(address, "registered meanwhile");
  }
  if (given.tags) await replaceTags(tx, instanceId, given.tags, owner);
  await announceTarget(tx, instanceId);
  await announceMembers(tx, [...(present?.securityGroups ?? []), ...host.securityGroups]);
  return { ...host, tags: (await tagsOf(tx, owner, [instanceId])).get(instanceId) ?? [] };
}

/** Forgets a host: target groups that name it have nowhere to send its requests to. Throws `host-not-found`. */
export async function deregisterHost(tx: Tx, instanceId: string, owner: Owner): Promise<void> {
  checkId("instance", instanceId);
  const host = await findHost(tx, instanceId, owner);
  if (!host) throw hostMissing(instanceId);
  await holdVpc(tx, owner, host.vpcId);
  await removeHost(tx, owner, instanceId);
  await dropNetworkTags(tx, owner, [instanceId]);
  await announceTarget(tx, instanceId);
  await announceMembers(tx, host.securityGroups);
}

export function hostMissing(instanceId: string): Refusal {
  return new Refusal("host-not-found", `The instance ID '${instanceId}' does not exist`);
}

async function findHost(tx: Tx, instanceId: string, owner: Owner): Promise<Host | undefined> {
  const [host] = await listHosts(tx, owner, { ids: [instanceId], after: "", limit: 1 });
  return host;
}

async function hostSubnet(
  tx: Tx,
  { subnetId, zone }: GivenHost,
  present: Host | undefined,
  owner: Owner,
): Promise<Pick<Subnet, "id" | "vpcId" | "zone">> {
  if (subnetId !== undefined) {
    const subnet = await subnetOf(tx, subnetId, owner);
    if (zone === undefined || zoneOf(owner, zone) === subnet.zone) return subnet;
    throw new Refusal("host-input-invalid", `The subnet '${subnetId}' is in ${subnet.zone}, not in ${zone}`);
  }
  if (present && (zone === undefined || zoneOf(owner, zone) === present.zone)) {
    return { id: present.subnetId, vpcId: present.vpcId, zone: present.zone };
  }
  const vpc = await findDefaultVpc(tx, owner);
  const subnet = vpc && (await findDefaultSubnet(tx, vpc.id, zoneOf(owner, zone)));
  if (subnet) return subnet;
  throw new Refusal("host-input-invalid", "There is no default subnet for it: name the subnet that it is in");
}

/** Those that are named, those that it has, or the default one of its VPC; all of its VPC. */
async function hostGroups(
  tx: Tx,
  { securityGroups }: GivenHost,
  present: Host | undefined,
  { vpcId }: Pick<Subnet, "vpcId">,
  owner: Owner,
): Promise<readonly string[]> {
  const kept = present?.vpcId === vpcId ? present.securityGroups : undefined;
  const named = securityGroups ?? kept;
  if (named === undefined) {
    const standard = await findGroupByName(tx, vpcId, "default");
    return standard ? [standard.id] : [];
  }
  if (named.length > NETWORK_QUOTAS.groupsPerInterface) {
    throw new Refusal(
      "host-input-invalid",
      `A host can be in up to ${NETWORK_QUOTAS.groupsPerInterface} security groups`,
    );
  }
  for (const id of named) {
    if ((await groupOf(tx, id, owner)).vpcId !== vpcId) {
      throw new Refusal("host-input-invalid", `The security group '${id}' is not of the host's VPC '${vpcId}'`);
    }
  }
  return [...new Set(named)].toSorted();
}

async function replaceTags(tx: Tx, instanceId: string, tags: readonly NetworkTag[], owner: Owner): Promise<void> {
  const present = (await tagsOf(tx, owner, [instanceId])).get(instanceId) ?? [];
  const gone = present.filter(({ key }) => !tags.some((tag) => tag.key === key));
  await removeNetworkTags(
    tx,
    owner,
    instanceId,
    gone.map(({ key }) => ({ key, value: undefined })),
  );
  await putNetworkTags(tx, owner, { id: instanceId, type: "instance" }, tags);
}

function addressTaken(address: string, by: string): Refusal {
  return new Refusal("host-exists", `The address ${address} is that of another host: ${by}`);
}
