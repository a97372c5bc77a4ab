import type { BalancerType } from "#domain/tls/policies.ts";

/** The limits that are enforced, with AWS's defaults as their values; what is not here has no limit. */
export const QUOTAS = {
  listenersPerBalancer: 50,
  /** Beside the default certificates. */
  certificatesPerBalancer: 25,
  targetGroupsPerAction: 5,
  targetsPerGroup: 1000,
  tagsPerResource: 50,
} as const;

/** As DescribeAccountLimits names them. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Limit.html */
export const LIMITS: readonly { readonly name: string; readonly most: number }[] = (
  ["application", "network"] satisfies BalancerType[]
).flatMap((type) => [
  { name: `listeners-per-${type}-load-balancer`, most: QUOTAS.listenersPerBalancer },
  { name: `certificates-per-${type}-load-balancer`, most: QUOTAS.certificatesPerBalancer },
  { name: `target-groups-per-action-on-${type}-load-balancer`, most: QUOTAS.targetGroupsPerAction },
]);
