import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer } from "#domain/edge-config.ts";
import { leastUsedAddress, parseEdgeAddresses } from "#domain/fleet/addresses.ts";
import { announceTarget } from "#integrations/elbv2/places.ts";
import { edgeAddressUse, findEdgeAddress, isCarriedBy, putEdgeAddress } from "#store/edge-carriage.ts";
import { findEdgeMember } from "#store/edge-members.ts";
import type { Db, Store } from "#store/store.ts";

/**
 * A load balancer as one edge carries it: at an address of the edge's own where it has some. Undefined when it does not
 * carry it, or there is none.
 */
export async function balancerOfEdge(
  edge: string,
  arn: LoadBalancerArn,
  { store, edgeBalancer }: EdgeBalancerDeps,
): Promise<EdgeBalancer | undefined> {
  const balancer = await edgeBalancer(store, arn);
  if (!balancer || !(await isCarriedBy(store, edge, arn))) return undefined;
  const address = await ownAddress(store, edge, arn);
  return address === undefined ? balancer : { ...balancer, address };
}

export interface EdgeBalancerDeps {
  readonly store: Store;
  readonly edgeBalancer: (db: Db, arn: LoadBalancerArn) => Promise<EdgeBalancer | undefined>;
}

/** The edge's address for a load balancer, chosen now if it has none; undefined when the edge has none of its own. */
async function ownAddress(store: Store, edge: string, arn: LoadBalancerArn): Promise<string | undefined> {
  const known = await findEdgeAddress(store, edge, arn);
  if (known !== undefined) return known;
  const member = await findEdgeMember(store, edge);
  const range = member?.addresses ? parseEdgeAddresses(member.addresses) : undefined;
  if (!range) return undefined;
  return await store.transaction().execute(async (tx) => {
    await putEdgeAddress(tx, edge, arn, leastUsedAddress(range, await edgeAddressUse(tx, edge)));
    await announceTarget(tx, arn); // it may stand behind another load balancer
    return await findEdgeAddress(tx, edge, arn);
  });
}
