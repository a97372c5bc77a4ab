import { DAY, HOUR, MINUTE, type Millis } from "#lib/duration.ts";
import type { Point } from "./series.ts";

/** What is kept of several values: CloudWatch's statistic set. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

/** A statistic set of one moment. */
export interface MeasuredSet extends StatisticSet {
  readonly at: Millis;
}

/** What was measured within one period. */
export interface Period {
  readonly start: Millis;
  readonly sets: readonly StatisticSet[];
}

/** A value as the set that it is alone. */
export function setOf({ at, value }: Point): MeasuredSet {
  return { at, count: 1, sum: value, least: value, most: value };
}

/** Puts sets into periods of a length, counted from `from`; periods in which nothing was measured are left out. */
export function periods(sets: readonly MeasuredSet[], from: Millis, length: Millis): readonly Period[] {
  const byStart = Map.groupBy(sets, ({ at }) => from + Math.floor((at - from) / length) * length);
  return [...byStart].map(([start, inside]) => ({ start, sets: inside })).sort((a, b) => a.start - b.start);
}

/** The beginning of a request's time: CloudWatch rounds it down, the more the longer it is ago. */
export function roundedStart(start: Millis, now: Millis): Millis {
  const age = now - start;
  const step = age < 15 * DAY ? MINUTE : age < 63 * DAY ? 5 * MINUTE : HOUR;
  return Math.floor(start / step) * step;
}

export type Statistic = "SampleCount" | "Average" | "Sum" | "Minimum" | "Maximum";

/**
 * A statistic over sets of which there is at least one; undefined when there is no statistic of that name, and for
 * percentiles of sets that do not tell which values they had: CloudWatch has no percentiles of statistic sets either.
 */
export function statistic(name: string, sets: readonly StatisticSet[]): number | undefined {
  if (Object.hasOwn(STATISTICS, name)) return STATISTICS[name as Statistic](sets);
  const percent = percentile(name);
  if (percent === undefined || sets.some(({ least, most }) => least !== most)) return undefined;
  return atPercentile(sets, percent);
}

/** Whether there is a statistic of that name: the five of old, and percentiles such as `p95.5`. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(STATISTICS, name) || percentile(name) !== undefined;
}

const total = (sets: readonly StatisticSet[], part: "count" | "sum"): number =>
  sets.reduce((sum, set) => sum + set[part], 0);

const STATISTICS: Readonly<Record<Statistic, (sets: readonly StatisticSet[]) => number>> = {
  SampleCount: (sets) => total(sets, "count"),
  Average: (sets) => total(sets, "sum") / total(sets, "count"),
  Sum: (sets) => total(sets, "sum"),
  Minimum: (sets) => sets.reduce((least, set) => Math.min(least, set.least), Number.POSITIVE_INFINITY),
  Maximum: (sets) => sets.reduce((most, set) => Math.max(most, set.most), Number.NEGATIVE_INFINITY),
};

function percentile(name: string): number | undefined {
  const [, digits] = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  return digits !== undefined && Number(digits) <= 100 ? Number(digits) : undefined;
}

/** By linear interpolation between the two values next to it; each set holds one value, so many times. */
function atPercentile(sets: readonly StatisticSet[], percent: number): number {
  const sorted = sets.toSorted((a, b) => a.least - b.least);
  const place = ((total(sets, "count") - 1) * percent) / 100;
  const low = valueAt(sorted, Math.floor(place));
  const high = valueAt(sorted, Math.ceil(place));
  return low + (high - low) * (place - Math.floor(place));
}

function valueAt(sorted: readonly StatisticSet[], index: number): number {
  let before = 0;
  const found = sorted.find(({ count }) => (before += count) > index);
  return (found ?? sorted.at(-1))?.least ?? 0;
}
