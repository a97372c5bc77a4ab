import type { Owner } from "#domain/names.ts";
import { findAssociation } from "#store/route-tables.ts";
import { findGroupByName } from "#store/security-groups.ts";
import { findDefaultVpc } from "#store/vpcs.ts";
import type { NetworkDeps } from "./deps.ts";

// What requests name otherwise than by its id, for those who judge them.

/** The id of the group of this name in the default VPC; undefined for none. */
export async function groupIdOfName(
  name: string,
  owner: Owner,
  { store }: Pick<NetworkDeps, "store">,
): Promise<string | undefined> {
  const vpc = await findDefaultVpc(store, owner);
  return vpc && (await findGroupByName(store, vpc.id, name))?.id;
}

/** The id of the route table of an association; undefined for none. */
export async function tableIdOfAssociation(
  associationId: string,
  { store }: Pick<NetworkDeps, "store">,
): Promise<string | undefined> {
  return (await findAssociation(store, associationId))?.routeTableId;
}
