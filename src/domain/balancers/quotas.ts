import type { BalancerType } from "#domain/tls/policies.ts";

/** The limits that cannot be raised, on AWS neither; what is in none of the two tables has no limit. */
export const QUOTAS = {
  targetGroupsPerAction: 5,
  targetGroupsPerBalancer: 100,
  tagsPerResource: 50,
  valuesPerRule: 5,
  wildcardsPerRule: 5,
  wildcardsPerValue: 3,
  /** Of a condition's value or regular expression. */
  conditionCharacters: 128,
  /** Of a transform's regular expression or replacement. */
  rewriteCharacters: 1024,
} as const;

/** The limits that are settings. */
export interface BalancerQuotas {
  readonly listenersPerBalancer: number;
  /** Beside the default certificates. */
  readonly certificatesPerBalancer: number;
  /** Beside the default rules. */
  readonly rulesPerBalancer: number;
  readonly targetsPerGroup: number;
  /** Of an account in a region. */
  readonly trustStores: number;
}

/** AWS's. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html (2026-09) */
export const DEFAULT_BALANCER_QUOTAS: BalancerQuotas = {
  listenersPerBalancer: 50,
  certificatesPerBalancer: 25,
  rulesPerBalancer: 100,
  targetsPerGroup: 1000,
  trustStores: 20,
};

/** As DescribeAccountLimits names them. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Limit.html */
export function limits(quotas: BalancerQuotas): readonly { readonly name: string; readonly most: number }[] {
  const ofTypes = (["application", "network"] satisfies BalancerType[]).flatMap((type) => [
    { name: `listeners-per-${type}-load-balancer`, most: quotas.listenersPerBalancer },
    { name: `certificates-per-${type}-load-balancer`, most: quotas.certificatesPerBalancer },
    { name: `target-groups-per-action-on-${type}-load-balancer`, most: QUOTAS.targetGroupsPerAction },
  ]);
  return [
    ...ofTypes,
    { name: "target-groups-per-application-load-balancer", most: QUOTAS.targetGroupsPerBalancer },
    { name: "rules-per-application-load-balancer", most: quotas.rulesPerBalancer },
    { name: "condition-values-per-alb-rule", most: QUOTAS.valuesPerRule },
    { name: "condition-wildcards-per-alb-rule", most: QUOTAS.wildcardsPerRule },
  ];
}
