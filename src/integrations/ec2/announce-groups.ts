import type { LoadBalancerArn } from "#domain/arn.ts";
import { announce } from "#store/edge-changes.ts";
import { groupsReferringTo } from "#store/security-group-rules.ts";
import { loadBalancersInGroups } from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";

/** Tells the edges of every load balancer that is in one of some groups: their rules changed. */
export async function announceGroups(tx: Tx, groupIds: readonly string[], but?: LoadBalancerArn): Promise<void> {
  for (let after = ""; ; ) {
    const page = await loadBalancersInGroups(tx, groupIds, after, PAGE);
    for (const loadBalancerArn of page)
      if (loadBalancerArn !== but) await announce(tx, { kind: "balancer", loadBalancerArn });
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}

/** Tells the edges of every load balancer whose rules let members of some groups in: who that is changed. */
export async function announceMembers(tx: Tx, groupIds: readonly string[], but?: LoadBalancerArn): Promise<void> {
  const referring = new Set<string>();
  for (const id of new Set(groupIds)) {
    for (const group of await groupsReferringTo(tx, id)) referring.add(group);
  }
  await announceGroups(tx, [...referring].toSorted(), but);
}

const PAGE = 500;
