import { DAY, HOUR, MINUTE, type Millis } from "#lib/duration.ts";
import type { Point } from "./series.ts";

/** What was measured within one period. */
export interface Period {
  readonly start: Millis;
  readonly values: readonly number[];
}

/** Puts points into periods of a length, counted from `from`; periods in which nothing was measured are left out. */
export function periods(points: readonly Point[], from: Millis, length: Millis): readonly Period[] {
  const byStart = Map.groupBy(points, ({ at }) => from + Math.floor((at - from) / length) * length);
  return [...byStart]
    .map(([start, inside]) => ({ start, values: inside.map(({ value }) => value) }))
    .sort((a, b) => a.start - b.start);
}

/** The beginning of a request's time: CloudWatch rounds it down, the more the longer it is ago. */
export function roundedStart(start: Millis, now: Millis): Millis {
  const age = now - start;
  const step = age < 15 * DAY ? MINUTE : age < 63 * DAY ? 5 * MINUTE : HOUR;
  return Math.floor(start / step) * step;
}

export type Statistic = "SampleCount" | "Average" | "Sum" | "Minimum" | "Maximum";

/** A statistic over values of which there is at least one; undefined when there is no statistic of that name. */
export function statistic(name: string, values: readonly number[]): number | undefined {
  if (Object.hasOwn(STATISTICS, name)) return STATISTICS[name as Statistic](values);
  const percent = percentile(name);
  return percent === undefined ? undefined : atPercentile(values, percent);
}

/** Whether there is a statistic of that name: the five of old, and percentiles such as `p95.5`. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(STATISTICS, name) || percentile(name) !== undefined;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Sum: sum,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

function percentile(name: string): number | undefined {
  const [, digits] = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  return digits !== undefined && Number(digits) <= 100 ? Number(digits) : undefined;
}

/** By linear interpolation between the two values next to it. */
function atPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
