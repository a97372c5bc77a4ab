import type { Owner } from "#domain/names.ts";
import { newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import { checkGroupWords, type SecurityGroup } from "#domain/network/security-group.ts";
import { Refusal } from "#domain/refusal.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import { groupsReferringTo, rulesOfGroups } from "#store/security-group-rules.ts";
import {
  countSecurityGroups,
  findGroupByName,
  insertSecurityGroup,
  isGroupUsed,
  removeSecurityGroup,
} from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { findDefaultVpc } from "#store/vpcs.ts";
import { allowEgress, owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { heldGroup, heldVpc } from "./find.ts";

export interface NewGroup {
  readonly name: string;
  readonly description: string;
  /** Undefined: the default VPC. */
  readonly vpcId: string | undefined;
}

/**
 * Makes a group that lets nobody in and everybody out. Throws `vpc-not-specified`, `vpc-missing`, `group-name-used`,
 * `groups-too-many` and what `checkGroupWords` throws.
 */
export async function createSecurityGroup(
  tx: Tx,
  { name, description, vpcId }: NewGroup,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<SecurityGroup> {
  checkGroupWords(name, description);
  const vpc = await heldVpc(tx, vpcId ?? (await defaultVpcId(tx, owner)), owner);
  if ((await countSecurityGroups(tx, owner)) >= NETWORK_QUOTAS.groupsPerRegion) {
    throw new Refusal("groups-too-many", "The maximum number of security groups for this account has been reached.");
  }
  const group = { ...owned(owner), id: newId("sg", ids), vpcId: vpc.id, name, description };
  if (!(await insertSecurityGroup(tx, group))) {
    throw new Refusal("group-name-used", `The security group '${name}' already exists for VPC '${vpc.id}'`);
  }
  await allowEgress(tx, group, ids);
  return group;
}

/** Throws `group-not-found`, `default-group-kept`, `dependency` while something is in it or another group names it. */
export async function deleteSecurityGroup(tx: Tx, id: string, owner: Owner): Promise<void> {
  const group = await heldGroup(tx, id, owner);
  if (group.name === "default") {
    throw new Refusal("default-group-kept", `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  const referring = (await groupsReferringTo(tx, id)).filter((other) => other !== id);
  if (referring.length > 0 || (await isGroupUsed(tx, id))) {
    throw new Refusal("dependency", `resource ${id} has a dependent object`);
  }
  const rules = await rulesOfGroups(tx, [id]);
  await removeSecurityGroup(tx, id);
  await dropNetworkTags(tx, owner, [id, ...rules.map((rule) => rule.id)]);
}

/** A group of the default VPC by its name. Throws `group-not-found`. */
export async function groupOfName(tx: Tx, name: string, owner: Owner): Promise<SecurityGroup> {
  const vpc = await findDefaultVpc(tx, owner);
  const group = vpc && (await findGroupByName(tx, vpc.id, name));
  if (group) return group;
  throw new Refusal("group-not-found", `The security group '${name.slice(0, 255)}' does not exist in default VPC`);
}

async function defaultVpcId(tx: Tx, owner: Owner): Promise<string> {
  const vpc = await findDefaultVpc(tx, owner);
  if (vpc) return vpc.id;
  throw new Refusal("vpc-not-specified", "No default VPC for this user");
}
