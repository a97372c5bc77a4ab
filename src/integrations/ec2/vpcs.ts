import type { Owner } from "#domain/names.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import { type Vpc, type VpcOptions, vpcBlock } from "#domain/network/vpc.ts";
import { Refusal } from "#domain/refusal.ts";
import { gatewayOfVpc } from "#store/internet-gateways.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import { associationsOf, removeAssociation, removeRouteTable, routeTablesOfVpc } from "#store/route-tables.ts";
import { groupsOfVpc, removeSecurityGroup } from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { subnetsOfVpc } from "#store/subnets.ts";
import { countVpcs, removeVpc, setVpcOptions } from "#store/vpcs.ts";
import { makeDefaultVpc, makeVpc } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { heldVpc } from "./find.ts";

/** Makes a VPC of that block. Throws `network-value-invalid`, `vpc-range-invalid`, `vpcs-too-many`. */
export async function createVpc(
  tx: Tx,
  { cidrBlock, tenancy }: Pick<Vpc, "cidrBlock" | "tenancy">,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<Vpc> {
  const block = vpcBlock(cidrBlock);
  await checkVpcCount(tx, owner);
  const options = { dnsSupport: true, dnsHostnames: false, addressUsageMetrics: false };
  const made = await makeVpc(tx, { cidrBlock: block.text, isDefault: false, tenancy, ...options }, owner, ids);
  if (!made) throw new Error("an id was given out twice");
  return made.vpc;
}

/** Makes the default VPC anew where it was deleted. Throws `default-vpc-exists`, `vpcs-too-many`. */
export async function createDefaultVpc(tx: Tx, owner: Owner, deps: Pick<NetworkDeps, "ids">): Promise<Vpc> {
  await checkVpcCount(tx, owner);
  const vpc = await makeDefaultVpc(tx, owner, deps);
  if (vpc) return vpc;
  throw new Refusal("default-vpc-exists", "A Default VPC already exists for this account in this region.");
}

/**
 * Removes a VPC of which nothing is left but what was made with it. Throws `vpc-missing`, `dependency` while it has
 * subnets, a gateway, or route tables and security groups of its own.
 */
export async function deleteVpc(tx: Tx, id: string, owner: Owner): Promise<void> {
  const vpc = await heldVpc(tx, id, owner);
  const tables = await routeTablesOfVpc(tx, id);
  const groups = await groupsOfVpc(tx, id, 2);
  const inUse =
    tables.length > 1 ||
    groups.length > 1 ||
    (await subnetsOfVpc(tx, id)).length > 0 ||
    (await gatewayOfVpc(tx, id)) !== undefined;
  if (inUse) throw new Refusal("dependency", `The vpc '${id}' has dependencies and cannot be deleted.`);
  const associations = await associationsOf(
    tx,
    tables.map((table) => table.id),
  );
  for (const association of associations) await removeAssociation(tx, association.id);
  for (const table of tables) await removeRouteTable(tx, table.id);
  for (const group of groups) await removeSecurityGroup(tx, group.id);
  await removeVpc(tx, id);
  const gone = [id, vpc.networkAclId, ...tables.map((table) => table.id), ...groups.map((group) => group.id)];
  await dropNetworkTags(tx, owner, gone);
}

/** Throws `vpc-missing`. */
export async function changeVpc(tx: Tx, id: string, change: Partial<VpcOptions>, owner: Owner): Promise<void> {
  const { dnsSupport, dnsHostnames, addressUsageMetrics } = await heldVpc(tx, id, owner);
  await setVpcOptions(tx, id, { dnsSupport, dnsHostnames, addressUsageMetrics, ...change });
}

async function checkVpcCount(tx: Tx, owner: Owner): Promise<void> {
  if ((await countVpcs(tx, owner)) < NETWORK_QUOTAS.vpcsPerRegion) return;
  throw new Refusal("vpcs-too-many", "The maximum number of VPCs has been reached.");
}
