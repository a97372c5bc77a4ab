import type { LoadBalancerArn } from "#domain/arn.ts";
import type { MetricSample } from "#domain/edge-messages.ts";
import type { MetricName } from "./names.ts";
import { Series } from "./series.ts";

/** What is counted at all load balancers of an edge. */
export interface MetricsBoard {
  /** The meters of a load balancer: the same ones until it is forgotten. */
  meters(loadBalancerArn: LoadBalancerArn): Meters;
  /** The load balancer is gone; what was counted is still taken once. */
  forget(loadBalancerArn: LoadBalancerArn): void;
  /** What was counted since it was taken last. Nothing is said of metrics without a value. */
  take(): readonly MetricSample[];
}

/** The metrics of one load balancer. */
export interface Meters {
  /** The values of a metric, to be kept by who adds to it: of the load balancer, or of one of its target groups. */
  of(name: MetricName, targetGroupArn?: string): Series;
  /** A value that is read once a minute, and added to others of that name; answers how it is taken away again. */
  gauge(name: MetricName, read: () => number | undefined, targetGroupArn?: string): () => void;
  /** The target groups that there still are: series of others end with the next minute. */
  keep(targetGroupArns: readonly string[]): void;
}

export function metricsBoard(): MetricsBoard {
  const all = new Map<LoadBalancerArn, OpenMeters>();
  const gone: [LoadBalancerArn, OpenMeters][] = [];
  return {
    meters(arn) {
      const known = all.get(arn) ?? openMeters();
      all.set(arn, known);
      return known;
    },
    forget(arn) {
      const known = all.get(arn);
      if (known) gone.push([arn, known]);
      all.delete(arn);
    },
    take() {
      return [...gone.splice(0), ...all].flatMap(([arn, meters]) => meters.take(arn));
    },
  };
}

interface OpenMeters extends Meters {
  take(loadBalancerArn: LoadBalancerArn): MetricSample[];
}

interface Metered {
  readonly name: MetricName;
  readonly targetGroupArn: string | undefined;
  readonly series: Series;
}

interface Gauge {
  readonly series: Series;
  readonly read: () => number | undefined;
}

function openMeters(): OpenMeters {
  const series = new Map<string, Metered>();
  const gauges = new Set<Gauge>();
  let kept: ReadonlySet<string> | undefined;
  const of = (name: MetricName, targetGroupArn?: string): Series => {
    const key = targetGroupArn === undefined ? name : `${name} ${targetGroupArn}`;
    const known = series.get(key);
    if (known) return known.series;
    const fresh: Metered = { name, targetGroupArn, series: new Series() };
    series.set(key, fresh);
    return fresh.series;
  };
  return {
    of,
    gauge(name, read, targetGroupArn) {
      const gauge: Gauge = { series: of(name, targetGroupArn), read };
      gauges.add(gauge);
      return () => gauges.delete(gauge);
    },
    keep(targetGroupArns) {
      kept = new Set(targetGroupArns);
    },
    take(loadBalancerArn) {
      const values = new Map<Series, number>();
      for (const gauge of gauges) {
        const value = gauge.read();
        if (value !== undefined) values.set(gauge.series, (values.get(gauge.series) ?? 0) + value);
      }
      for (const [one, value] of values) one.add(value);
      const samples: MetricSample[] = [];
      for (const [key, { name, targetGroupArn, series: one }] of series) {
        const { count, sum, least, most } = one;
        if (count > 0) samples.push({ loadBalancerArn, targetGroupArn, name, count, sum, least, most });
        one.clear();
        if (targetGroupArn !== undefined && kept?.has(targetGroupArn) === false) series.delete(key);
      }
      return samples;
    },
  };
}
