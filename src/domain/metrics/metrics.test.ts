import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/duration.ts";
import { daysToExpiryPoints, issuancePoints, lastMeasured, type MeasuredTerm, renewalOverduePoints } from "./series.ts";
import { isStatistic, periods, roundedStart, setOf, statistic } from "./statistics.ts";

const T = Date.parse("2026-11-22T06:30:20Z");
const MORNING = Date.parse("2026-11-22T00:00:00Z");
const term: MeasuredTerm = {
  since: T,
  until: null,
  notAfter: T + 2 * DAY,
  managed: 1,
  overdueSince: null,
  overdueUntil: null,
};
const all = { from: 0, to: T + 100 * DAY };
const hours = (points: readonly { readonly at: number; readonly value: number }[]): [number, number][] =>
  points.map(({ at, value }) => [(at - MORNING) / HOUR, value]);

describe("DaysToExpiry", () => {
  test("is measured at the issue, and at noon and midnight until the end", () => {
    expect(hours(daysToExpiryPoints([term], all))).toEqual([
      [6.5, 2],
      [12, 2],
      [24, 2],
      [36, 1],
      [48, 1],
    ]);
  });

  test("goes on with the version that took its place", () => {
    const renewed = { ...term, since: T + DAY, notAfter: T + 10 * DAY };
    const values = daysToExpiryPoints([{ ...term, until: T + DAY }, renewed], { from: 0, to: T + 2 * DAY });
    expect(hours(values)).toEqual([
      [6.5, 2],
      [12, 2],
      [24, 2],
      [30.5, 9],
      [36, 9],
      [48, 9],
    ]);
  });

  test("is only what lies within the time that is asked for", () => {
    expect(hours(daysToExpiryPoints([term], { from: MORNING + 12 * HOUR, to: MORNING + 24 * HOUR }))).toEqual([
      [12, 2],
    ]);
    expect(daysToExpiryPoints([term], { from: T + 3 * DAY, to: T + 4 * DAY })).toEqual([]);
  });

  test("was last measured before it ended", () => {
    expect(lastMeasured(term, T + HOUR, 12 * HOUR)).toBe(MORNING + 6.5 * HOUR);
    expect(lastMeasured(term, T + DAY, 12 * HOUR)).toBe(MORNING + 24 * HOUR);
    expect(lastMeasured({ ...term, until: T + HOUR }, T + 9 * DAY, 12 * HOUR)).toBe(MORNING + 6.5 * HOUR);
  });
});

describe("RenewalOverdue", () => {
  test("is 1 while it is, from the minute on in which it becomes so", () => {
    const overdue = { ...term, notAfter: T + 4 * HOUR, overdueSince: T + HOUR + 100, overdueUntil: T + 3 * HOUR };
    expect(hours(renewalOverduePoints([overdue], all))).toEqual([
      [6.5, 0],
      [7, 0],
      [7.5, 1],
      [8, 1],
      [9, 1],
      [9.5, 0],
      [10, 0],
    ]);
  });

  test("is nothing where nobody here renews", () => {
    expect(renewalOverduePoints([{ ...term, managed: 0 }], all)).toEqual([]);
  });
});

test("an order of an ACME client counts for success or for failure", () => {
  const orders = [
    { at: T, succeeded: true },
    { at: T + MINUTE, succeeded: false },
  ];
  expect(issuancePoints(orders, "succeeded").map(({ value }) => value)).toEqual([1, 0]);
  expect(issuancePoints(orders, "failed").map(({ value }) => value)).toEqual([0, 1]);
});

describe("statistics", () => {
  test("are of one period each, and periods without a measurement are left out", () => {
    const points = [0, 10, 59, 130].map((at) => setOf({ at: T + at * 1000, value: at }));
    const found = periods(points, T, MINUTE);
    expect(found.map(({ start, sets }) => [(start - T) / MINUTE, sets.map(({ sum }) => sum)])).toEqual([
      [0, [0, 10, 59]],
      [2, [130]],
    ]);
  });

  test.for([
    ["SampleCount", 4],
    ["Sum", 10],
    ["Average", 2.5],
    ["Minimum", 1],
    ["Maximum", 4],
    ["p50", 2.5],
    ["p0", 1],
    ["p100", 4],
    ["p75.0", 3.25],
  ] as const)("%s", ([name, expected]) => {
    expect(isStatistic(name)).toBe(true);
    expect(
      statistic(
        name,
        [4, 1, 3, 2].map((value) => setOf({ at: T, value })),
      ),
    ).toBe(expected);
  });

  test("of sets of values are what they are of the values, but for percentiles, which are not known", () => {
    const sets = [
      { count: 3, sum: 6, least: 1, most: 3 },
      { count: 1, sum: 10, least: 10, most: 10 },
    ];
    const names = ["SampleCount", "Sum", "Average", "Minimum", "Maximum", "p50"];
    expect(names.map((name) => statistic(name, sets))).toEqual([4, 16, 4, 1, 10, undefined]);
    const ones = [
      { count: 99, sum: 99, least: 1, most: 1 },
      { count: 1, sum: 5, least: 5, most: 5 },
    ];
    expect(["p50", "p100"].map((name) => statistic(name, ones))).toEqual([1, 5]);
    expect(statistic("p99", ones)).toBeCloseTo(1.04);
  });

  test.for(["p101", "tm90", "toString", "", "P50"])("%s is none", (name) => {
    expect(isStatistic(name)).toBe(false);
  });

  test("the beginning of a time is rounded down, the more the longer it is ago", () => {
    const at = (age: number): string => new Date(roundedStart(T - age, T)).toISOString().slice(11, 19);
    expect([at(0), at(16 * DAY), at(64 * DAY)]).toEqual(["06:30:00", "06:30:00", "06:00:00"]);
  });
});
