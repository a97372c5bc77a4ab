import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Store } from "#store/store.ts";
import { findTargetGroupByName, listTargetGroups, listTargetGroupsOfBalancer } from "#store/target-groups.ts";
import { loadBalancerOf, targetGroupNotFound, targetGroupOf } from "./find.ts";
import { onePage, type Page, type Pages, page } from "./paging.ts";

export interface TargetGroupQuery extends Pages {
  readonly loadBalancerArn: string | undefined;
  readonly arns: readonly string[];
  readonly names: readonly string[];
}

/** The target groups named, those of a load balancer, or all. Throws `target-group-not-found`, `balancer-not-found`. */
export async function findTargetGroups(
  query: TargetGroupQuery,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<Page<TargetGroup>> {
  const { loadBalancerArn, arns, names } = query;
  if ([loadBalancerArn !== undefined, arns.length > 0, names.length > 0].filter(Boolean).length > 1) {
    throw new Refusal(
      "balancer-input-invalid",
      "You can specify a load balancer ARN, target group ARNs or target group names, but only one of them",
    );
  }
  if (arns.length > 0)
    return onePage(await Promise.all([...new Set(arns)].map((arn) => targetGroupOf(store, arn, owner))));
  if (names.length > 0) {
    const named = async (name: string): Promise<TargetGroup> =>
      (await findTargetGroupByName(store, owner, name)) ?? targetGroupNotFound(name);
    return onePage(await Promise.all([...new Set(names)].map(named)));
  }
  const key = ({ name }: TargetGroup): string => name;
  if (loadBalancerArn === undefined) {
    return await page(query, key, (after, limit) => listTargetGroups(store, owner, after, limit));
  }
  const { arn } = await loadBalancerOf(store, loadBalancerArn, owner);
  return await page(query, key, (after, limit) => listTargetGroupsOfBalancer(store, arn, after, limit));
}
