import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeIngress } from "#domain/edge-config.ts";
import { edgeIngress } from "#domain/network/security-group.ts";
import { rulesOfGroups } from "#store/security-group-rules.ts";
import { addressesInGroups, groupsOfLoadBalancer } from "#store/security-groups.ts";
import type { Db } from "#store/store.ts";

/** Who may connect to a load balancer, by its security groups; undefined, which is everybody, when it has none. */
export async function ingressOf(db: Db, loadBalancerArn: LoadBalancerArn): Promise<readonly EdgeIngress[] | undefined> {
  const groups = await groupsOfLoadBalancer(db, loadBalancerArn);
  if (groups.length === 0) return undefined;
  const rules = (await rulesOfGroups(db, groups)).filter(({ egress }) => !egress);
  const named = rules.filter(({ sourceKind }) => sourceKind === "group").map(({ source }) => source);
  return edgeIngress(rules, await addressesInGroups(db, [...new Set(named)]));
}
