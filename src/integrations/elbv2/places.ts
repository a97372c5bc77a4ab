import type { LoadBalancerArn } from "#domain/arn.ts";
import type { TargetType } from "#domain/balancers/target-group.ts";
import type { Target } from "#domain/balancers/targets.ts";
import type { Owner } from "#domain/names.ts";
import { listZoneAddresses } from "#store/edge-carriage.ts";
import { announce } from "#store/edge-changes.ts";
import { hostAddressesOf } from "#store/hosts.ts";
import { findLoadBalancer } from "#store/load-balancers.ts";
import type { Db, Tx } from "#store/store.ts";
import { listGroupsWithTarget } from "#store/targets.ts";

/**
 * Where the targets of a target group are, by their ids; those that are nowhere now are left out. A load balancer is at
 * the addresses that edges have for it: a load balancer before it takes those where it finds it healthy.
 */
export async function addressesOf(
  db: Db,
  type: TargetType,
  targets: readonly Target[],
  owner: Owner,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = [...new Set(targets.map(({ id }) => id))];
  if (type === "ip") return new Map(ids.map((id) => [id, [id]]));
  if (type === "instance") {
    const found = await hostAddressesOf(db, owner, ids);
    return new Map([...found].map(([id, address]) => [id, [address]]));
  }
  const found = new Map<string, readonly string[]>();
  for (const id of ids) {
    const addresses = await balancerAddresses(db, id as LoadBalancerArn);
    if (addresses.length > 0) found.set(id, addresses);
  }
  return found;
}

/** Those of its edges; its own address, where edges beside control planes bind it, when there are no others. */
async function balancerAddresses(db: Db, arn: LoadBalancerArn): Promise<readonly string[]> {
  const balancer = await findLoadBalancer(db, arn);
  if (!balancer) return [];
  const placed = await listZoneAddresses(db, [arn]);
  return placed.length === 0 ? [balancer.address] : [...new Set(placed.map(({ address }) => address))];
}

/** Tells the edges that what a target's id stands for has moved, came or went: an instance, or a load balancer. */
export async function announceTarget(tx: Tx, id: string): Promise<void> {
  const balancers = new Set<LoadBalancerArn>();
  for (let after: string | undefined; ; ) {
    const groups = await listGroupsWithTarget(tx, id, after, PAGE);
    for (const { loadBalancerArn } of groups) if (loadBalancerArn !== undefined) balancers.add(loadBalancerArn);
    after = groups.at(-1)?.targetGroupArn;
    if (groups.length < PAGE) break;
  }
  for (const loadBalancerArn of balancers) await announce(tx, { kind: "balancer", loadBalancerArn });
}

const PAGE = 500;
