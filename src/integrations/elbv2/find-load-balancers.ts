import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type DisplacedListener, displacedListeners } from "#store/displaced-listeners.ts";
import { listZoneAddresses } from "#store/edge-carriage.ts";
import { findLoadBalancerByName, listLoadBalancers } from "#store/load-balancers.ts";
import type { Store } from "#store/store.ts";
import { balancerNotFound, loadBalancerOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";

export interface BalancerQuery extends Pages {
  readonly arns: readonly string[];
  readonly names: readonly string[];
}

/** A load balancer with what there is to be said of its state. */
export interface DescribedBalancer extends LoadBalancer {
  /** Which listeners are not where they should be; undefined when all is well. */
  readonly stateReason: string | undefined;
  /** The addresses that it has on edges of each of its zones; an edge without a zone is in all of them. */
  readonly zoneAddresses: ReadonlyMap<string, readonly string[]>;
}

/** An owner's load balancers: those named, or all. Throws `balancer-not-found` when one of those named is missing. */
export async function findLoadBalancers(
  query: BalancerQuery,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<DescribedBalancer>> {
  const { items, nextMarker } = await findPage(query, owner, store);
  const arns = items.map(({ arn }) => arn);
  const displaced = await displacedListeners(store, arns);
  const placed = await listZoneAddresses(store, arns);
  const described = items.map((balancer) => {
    const own = displaced.filter(({ loadBalancerArn }) => loadBalancerArn === balancer.arn);
    const places = placed.filter(({ loadBalancerArn }) => loadBalancerArn === balancer.arn);
    const inZone = (name: string): readonly string[] => [
      ...new Set(places.filter(({ zone }) => zone === null || zone === name).map(({ address }) => address)),
    ];
    return {
      ...balancer,
      stateReason: own.length === 0 ? undefined : own.map(whereabouts).join("; "),
      zoneAddresses: new Map(balancer.zones.map((zone) => [zone, inZone(zone)])),
    };
  });
  return { items: described, nextMarker };
}

async function findPage(query: BalancerQuery, owner: Owner, store: Store): Promise<Page<LoadBalancer>> {
  const { arns, names } = query;
  if (arns.length > 0 && names.length > 0) {
    throw new Refusal("balancer-input-invalid", "You can specify load balancer ARNs or names, but not both");
  }
  if (arns.length > 20 || names.length > 20) {
    throw new Refusal("balancer-input-invalid", "You can specify up to 20 load balancers in a call");
  }
  if (arns.length > 0) return onePage(await Promise.all(unique(arns).map((arn) => loadBalancerOf(store, arn, owner))));
  if (names.length > 0) {
    const named = async (name: string): Promise<LoadBalancer> =>
      (await findLoadBalancerByName(store, owner, name)) ?? balancerNotFound(name);
    return onePage(await Promise.all(unique(names).map(named)));
  }
  return await page(
    query,
    ({ name }) => name,
    (after, limit) => listLoadBalancers(store, owner, after, limit),
  );
}

function whereabouts({ port, edge, boundAddress, boundPort, error }: DisplacedListener): string {
  const where = boundPort === 0 ? "nowhere" : `at ${boundAddress}:${boundPort}`;
  return `edge ${edge} listens for port ${port} ${where}${error === undefined ? "" : ` (${error})`}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
