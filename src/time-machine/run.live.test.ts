import { describe, expect, test } from "vitest";
import { DAY } from "#lib/duration.ts";
import { runTimeMachine } from "./run.ts";
import { CALM, HARSH } from "./scenario.ts";
import type { Event } from "./trace.ts";

describe("the time machine", () => {
  test("gives the same trace for the same seed, event by event, and another one for another seed", () => {
    const traced = (seed: number) => {
      const events: Event[] = [];
      const report = runTimeMachine({ certificates: 40, years: 4, seed, onEvent: (event) => void events.push(event) });
      return { report, events };
    };
    const [once, again, other] = [traced(7), traced(7), traced(8)];
    expect(again).toEqual(once);
    expect(once.events).toHaveLength(once.report.events);
    expect(other.report.trace).not.toBe(once.report.trace);
  });

  test("shows nothing different to whoever watches", () => {
    const run = { certificates: 20, years: 1, seed: 3 };
    expect(runTimeMachine({ ...run, onEvent: () => {} })).toEqual(runTimeMachine(run));
  });

  test.for([1, 2, 3, 4])(
    "loses no certificate in ten bad years, and renews as the rules of each day say (seed %i)",
    (seed) => {
      const events: Event[] = [];
      const keep = (event: Event) => void (event.what === "renewed" && events.push(event));
      const report = runTimeMachine({ certificates: 150, years: 10, seed, onEvent: keep });
      expect(report.violations).toEqual([]);
      const longest = (from: string, to: string): number =>
        Math.max(...events.filter(({ at }) => at >= Date.parse(from) && at < Date.parse(to)).map(({ value }) => value));
      expect(longest("2026-04-01", "2027-03-15")).toBe(198 * 24 - 1);
      expect(longest("2027-03-15", "2029-03-15")).toBe(99 * 24 - 1);
      expect(longest("2029-03-15", "2036-04-01")).toBe(46 * 24 - 1);
    },
  );

  test("counts what happens: what was requested is issued, times out or is still pending", () => {
    const { byYear, renewals, load } = runTimeMachine({ certificates: 100, years: 2, seed: 5 });
    const sum = (what: "requested" | "issued" | "timedOut" | "renewed"): number =>
      byYear.reduce((total, year) => total + year[what], 0);
    expect(sum("requested")).toBeGreaterThanOrEqual(100);
    expect(sum("requested") - sum("issued") - sum("timedOut")).toBeLessThan(10);
    expect(renewals.reduce((total, count) => total + count, 0)).toBe(sum("renewed"));
    expect(load.peak).toBe(Math.max(...renewals));
  });

  test("where nothing goes wrong every certificate is renewed 45 to 46 days before its end, and none is lost", () => {
    const report = runTimeMachine({ certificates: 10, years: 1, seed: 1, scenario: CALM });
    expect(report.byYear.reduce((total, { renewed }) => total + renewed, 0)).toBe(20);
    expect(report.worstLead).toBeGreaterThanOrEqual(33 * DAY);
    expect(report.worstLead).toBe(report.worstUndisturbedLead);
    expect(report.byYear.every(({ expiredInUse, expiredUnused }) => expiredInUse + expiredUnused === 0)).toBe(true);
  });

  test("finds a herd: all are requested in one minute, and come due on one day", () => {
    const together = { ...CALM, rush: 1, firstRush: 0 };
    const { violations } = runTimeMachine({ certificates: 500, years: 1, seed: 1, scenario: together });
    expect(violations[0]?.what).toMatch(/of 500 certificates came due for renewal on one day/);
  });

  test("a herd is spread over ever more days, renewal by renewal", () => {
    const together = { ...CALM, rush: 1, firstRush: 0 };
    const { renewals } = runTimeMachine({ certificates: 500, years: 8, seed: 1, scenario: together });
    const busiest = (year: number): number => Math.max(...renewals.slice(year * 365, (year + 1) * 365));
    expect(busiest(0)).toBeGreaterThan(200);
    expect(busiest(7)).toBeLessThan(busiest(0) / 4);
  });

  test("a certificate whose CA is away for longer than its renewal may take expires, and that is no violation", () => {
    const trouble = {
      kind: "ca",
      count: 1,
      meanTimeBetween: 100 * DAY,
      meanLength: 400 * DAY,
      longest: 400 * DAY,
    } as const;
    const scenario = { ...HARSH, troubles: [trouble], massRevocation: undefined };
    const report = runTimeMachine({ certificates: 60, years: 3, seed: 2, scenario });
    expect(report.byYear.reduce((total, { expiredInUse }) => total + expiredInUse, 0)).toBeGreaterThan(20);
    expect(report.violations).toEqual([]);
  });
});
