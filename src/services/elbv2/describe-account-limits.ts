import { limits } from "#domain/balancers/quotas.ts";
import { pageOf } from "#integrations/elbv2/paging.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html */
export const DescribeAccountLimits: Elbv2Operation<"DescribeAccountLimits"> = (input, _, deps) => {
  const { items, nextMarker } = pageOf(readPages(input), limits(deps.balancerQuotas), ({ name }) => name);
  return { Limits: items.map(({ name, most }) => ({ Name: name, Max: String(most) })), NextMarker: nextMarker };
};
