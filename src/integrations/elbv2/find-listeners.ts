import type { Listener } from "#domain/balancers/listener.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { listListeners } from "#store/listeners.ts";
import type { Store } from "#store/store.ts";
import { listenerOf, loadBalancerOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";

export interface ListenerQuery extends Pages {
  readonly loadBalancerArn: string | undefined;
  readonly arns: readonly string[];
}

/** The listeners named, or those of a load balancer by port. Throws `listener-not-found`, `balancer-not-found`. */
export async function findListeners(
  query: ListenerQuery,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<Listener>> {
  const { loadBalancerArn, arns } = query;
  if ((loadBalancerArn === undefined) === (arns.length === 0)) {
    throw new Refusal("balancer-input-invalid", "You must specify either listener ARNs or a load balancer ARN");
  }
  if (loadBalancerArn === undefined) {
    const found = await Promise.all([...new Set(arns)].map((arn) => listenerOf(store, arn, owner)));
    return onePage(found.map(({ listener }) => listener));
  }
  const balancer = await loadBalancerOf(store, loadBalancerArn, owner);
  return await page(
    query,
    ({ port }) => String(port),
    (after, limit) => listListeners(store, balancer.arn, Number(after ?? 0) || 0, limit),
  );
}
