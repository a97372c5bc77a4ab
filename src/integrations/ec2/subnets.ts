import type { Owner } from "#domain/names.ts";
import { newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import {
  DEFAULT_SUBNET_OPTIONS,
  freeDefaultBlock,
  type Subnet,
  type SubnetOptions,
  subnetBlock,
  type Vpc,
} from "#domain/network/vpc.ts";
import { findZone, zonesOf } from "#domain/network/zones.ts";
import { Refusal } from "#domain/refusal.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import { associationOfSubnet, removeAssociation } from "#store/route-tables.ts";
import type { Tx } from "#store/store.ts";
import {
  countAddressesUsed,
  findDefaultSubnet,
  insertSubnet,
  removeSubnet,
  setSubnetOptions,
  subnetsOfVpc,
} from "#store/subnets.ts";
import { findDefaultVpc } from "#store/vpcs.ts";
import { owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { heldSubnet, heldVpc } from "./find.ts";

export interface NewSubnet {
  readonly vpcId: string;
  readonly cidrBlock: string;
  /** A zone's name or id; undefined: the first. */
  readonly zone: string | undefined;
}

/** Makes a subnet. Throws `vpc-missing`, `subnets-too-many` and what `subnetBlock` and `zoneOf` throw. */
export async function createSubnet(
  tx: Tx,
  request: NewSubnet,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<Subnet> {
  const vpc = await heldVpc(tx, request.vpcId, owner);
  const others = await subnetsOfVpc(tx, vpc.id);
  const block = subnetBlock(request.cidrBlock, vpc, others);
  checkCount(others);
  const subnet = subnetIn(vpc, { cidrBlock: block.text, zone: zoneOf(owner, request.zone), isDefault: false }, ids);
  await insertSubnet(tx, subnet);
  return subnet;
}

/** Makes the default subnet of a zone anew. Throws `default-vpc-none`, `default-subnet-exists`, `subnet-conflict`. */
export async function createDefaultSubnet(
  tx: Tx,
  nameOrId: string,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<Subnet> {
  const zone = zoneOf(owner, nameOrId);
  const standard = await findDefaultVpc(tx, owner);
  if (!standard) throw new Refusal("default-vpc-none", "No default VPC for this user in this region.");
  const vpc = await heldVpc(tx, standard.id, owner);
  if (await findDefaultSubnet(tx, vpc.id, zone)) {
    throw new Refusal("default-subnet-exists", `'${vpc.id}' already has a default subnet in ${zone}.`);
  }
  const others = await subnetsOfVpc(tx, vpc.id);
  checkCount(others);
  const cidrBlock = freeDefaultBlock(others);
  if (cidrBlock === undefined) {
    throw new Refusal("subnet-conflict", "There is no free /20 block left in the default VPC for a default subnet.");
  }
  const subnet = { ...subnetIn(vpc, { cidrBlock, zone, isDefault: true }, ids), publicAddresses: true };
  await insertSubnet(tx, subnet);
  return subnet;
}

/** Throws `subnet-missing`, `dependency` while a load balancer or a host is in it. */
export async function deleteSubnet(tx: Tx, id: string, owner: Owner): Promise<void> {
  await heldSubnet(tx, id, owner);
  if ((await countAddressesUsed(tx, [id])).size > 0) {
    throw new Refusal("dependency", `The subnet '${id}' has dependencies and cannot be deleted.`);
  }
  const association = await associationOfSubnet(tx, id);
  if (association) await removeAssociation(tx, association.id);
  await removeSubnet(tx, id);
  await dropNetworkTags(tx, owner, [id]);
}

/** Throws `subnet-missing`. */
export async function changeSubnet(tx: Tx, id: string, change: Partial<SubnetOptions>, owner: Owner): Promise<void> {
  const { publicAddresses, ipv6Addresses, dns64, hostnameType, nameRecords, nameRecords6 } = await heldSubnet(
    tx,
    id,
    owner,
  );
  const present = { publicAddresses, ipv6Addresses, dns64, hostnameType, nameRecords, nameRecords6 };
  await setSubnetOptions(tx, id, { ...present, ...change });
}

/** The name of a zone of the owner's region. Throws `network-value-invalid` for what is none. */
export function zoneOf({ region }: Owner, nameOrId: string | undefined): string {
  const zones = zonesOf(region);
  const zone = nameOrId === undefined ? zones[0] : findZone(region, nameOrId);
  if (zone) return zone.name;
  throw new Refusal(
    "network-value-invalid",
    `Value (${nameOrId?.slice(0, 50)}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map(({ name }) => name).join(", ")}.`,
  );
}

function subnetIn(
  vpc: Vpc,
  settings: Pick<Subnet, "cidrBlock" | "zone" | "isDefault">,
  ids: NetworkDeps["ids"],
): Subnet {
  return {
    ...DEFAULT_SUBNET_OPTIONS,
    ...owned(vpc),
    ...settings,
    id: newId("subnet", ids),
    vpcId: vpc.id,
    aclAssociationId: newId("aclassoc", ids),
  };
}

function checkCount(others: readonly Subnet[]): void {
  if (others.length < NETWORK_QUOTAS.subnetsPerVpc) return;
  throw new Refusal("subnets-too-many", "The maximum number of subnets has been reached.");
}
