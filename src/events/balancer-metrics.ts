import type { MetricSample } from "#domain/edge-messages.ts";
import { balancerMetricUnit, measuredBalancer, targetGroupDimension } from "#domain/metrics/balancer-metrics.ts";
import type { StatisticSet } from "#domain/metrics/statistics.ts";
import { DAY, HOUR, later, MINUTE, type Millis } from "#lib/duration.ts";
import { addPoints, deletePointsBefore, deleteSeriesBefore, type NewPoint } from "#store/balancer-metrics.ts";
import type { MetricDeps } from "./metrics.ts";

/**
 * Keeps what an edge measured of load balancers in the minute that began at `at`: added to what others measured in the
 * same minute. What CloudWatch has no metric of, is no number, or lies in the future or too long ago is passed over.
 */
export async function keepSamples(
  at: Millis,
  samples: readonly MetricSample[],
  { store, clock }: MetricDeps,
): Promise<void> {
  const minute = Math.floor(at / MINUTE) * MINUTE;
  const now = clock.now();
  if (minute > later(now, FUTURE).getTime() || minute < later(now, -KEPT).getTime()) return;
  const points = gathered(samples.flatMap(pointsOfSample));
  for (let start = 0; start < points.length; start += AT_ONCE) {
    await store.transaction().execute((tx) => addPoints(tx, minute, points.slice(start, start + AT_ONCE)));
  }
}

/** The job "metrics.purge": forgets minutes that are older than they are kept, a bounded number a turn. */
export async function purgeMetrics({ store, clock }: MetricDeps): Promise<Date> {
  const now = clock.now();
  const before = later(now, -KEPT).getTime();
  const forgotten = [
    await deletePointsBefore(store, before, AT_ONCE),
    await deleteSeriesBefore(store, before, AT_ONCE),
  ];
  return forgotten.some((count) => count >= AT_ONCE) ? now : later(now, HOUR);
}

function pointsOfSample(sample: MetricSample): readonly NewPoint[] {
  const { loadBalancerArn, targetGroupArn, name, count, sum, least, most } = sample;
  const balancer = measuredBalancer(loadBalancerArn);
  const group = targetGroupArn === undefined ? "" : targetGroupDimension(targetGroupArn);
  const isGood = count > 0 && [count, sum, least, most].every(Number.isFinite) && least <= most;
  if (!balancer || group === undefined || !isGood) return [];
  const { owner, namespace, dimension } = balancer;
  if (balancerMetricUnit(namespace, name) === undefined) return [];
  const point = { ...owner, namespace, name, loadBalancer: dimension, targetGroup: group, count, sum, least, most };
  // Who scales by it asks for the target group alone.
  return name === "RequestCountPerTarget" && group !== "" ? [point, { ...point, loadBalancer: "" }] : [point];
}

/** Each series once and all in one order, so that edges that tell the same ones never wait for each other in a circle. */
function gathered(points: readonly NewPoint[]): readonly NewPoint[] {
  const all = new Map<string, NewPoint>();
  for (const point of points) {
    const { account, region, namespace, name, loadBalancer, targetGroup } = point;
    const key = [account, region, namespace, name, loadBalancer, targetGroup].join(" ");
    const known = all.get(key);
    all.set(key, known ? { ...known, ...added(known, point) } : point);
  }
  return [...all].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point);
}

function added(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    least: Math.min(one.least, other.least),
    most: Math.max(one.most, other.most),
  };
}

/** CloudWatch keeps minutes for 15 days; it then keeps coarser ones, which are not kept here. */
const KEPT: Millis = 15 * DAY;
/** How far an edge's clock may be ahead. */
const FUTURE: Millis = 5 * MINUTE;
const AT_ONCE = 500;
