import { listMetrics } from "#events/metrics.ts";
import { HOUR } from "#lib/duration.ts";
import { invalidValue } from "./errors.ts";
import type { CloudWatchOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export const ListMetrics: CloudWatchOperation<"ListMetrics"> = async (input, caller, deps) => {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, OwningAccount, NextToken } = input;
  if (OwningAccount !== undefined && OwningAccount !== caller.account) {
    throw invalidValue(`The account ${OwningAccount} is not linked; only metrics of ${caller.account} are here.`);
  }
  const filter = {
    namespace: Namespace,
    name: MetricName,
    dimensions: Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value })),
    within: RecentlyActive === undefined ? undefined : 3 * HOUR,
  };
  const { metrics, token } = await listMetrics(filter, NextToken, caller, deps);
  return {
    Metrics: metrics.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensions.map((dimension) => ({ Name: dimension.name, Value: dimension.value })),
    })),
    ...(token === undefined ? {} : { NextToken: token }),
    ...(input.IncludeLinkedAccounts ? { OwningAccounts: metrics.map(() => caller.account) } : {}),
  };
};
