import type { Metric } from "#events/metrics.ts";

/** A metric as an input names it. */
export function readMetric({
  Namespace = "",
  MetricName = "",
  Dimensions = [],
}: {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[] | undefined;
}): Metric {
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value })),
  };
}
