import { LIMITS } from "#domain/balancers/quotas.ts";
import { page } from "#integrations/elbv2/paging.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html */
export const DescribeAccountLimits: Elbv2Operation<"DescribeAccountLimits"> = async (input) => {
  const { items, nextMarker } = await page(
    readPages(input),
    ({ name }) => name,
    (after, limit) => {
      const start = LIMITS.findIndex(({ name }) => name === after) + 1;
      return Promise.resolve(LIMITS.slice(start, start + limit));
    },
  );
  return { Limits: items.map(({ name, most }) => ({ Name: name, Max: String(most) })), NextMarker: nextMarker };
};
