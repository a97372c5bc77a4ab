import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { EdgeIngress } from "#domain/edge-config.ts";
import { edgeIngress } from "#domain/network/security-group.ts";
import { rulesOfGroups } from "#store/security-group-rules.ts";
import { addressesInGroups, groupsOfLoadBalancer } from "#store/security-groups.ts";
import type { Db } from "#store/store.ts";

/**
 * Who may connect to a load balancer, by its security groups; undefined, which is everybody, when it was made without
 * any. Nobody when its groups go with it just now.
 */
export async function ingressOf(
  db: Db,
  { arn, securityGroups }: Pick<LoadBalancer, "arn" | "securityGroups">,
): Promise<readonly EdgeIngress[] | undefined> {
  const groups = await groupsOfLoadBalancer(db, arn);
  if (groups.length === 0) return securityGroups.length === 0 ? undefined : [];
  const rules = (await rulesOfGroups(db, groups)).filter(({ egress }) => !egress);
  const named = rules.filter(({ sourceKind }) => sourceKind === "group").map(({ source }) => source);
  return edgeIngress(rules, await addressesInGroups(db, [...new Set(named)]));
}
