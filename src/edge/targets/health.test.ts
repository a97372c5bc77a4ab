import { describe, expect, test } from "vitest";
import type { EdgeTargetGroup, TargetReport } from "#domain/edge-config.ts";
import type { Timers } from "#lib/timers.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { testTimers } from "../../../tests/support/test-timers.ts";
import { afterCheck, type Failure, type Health, inWords, matches, UNCHECKED } from "./health.ts";
import { healthBoard } from "./health-board.ts";
import { toldHealth } from "./health-source.ts";

const FAILURE: Failure = { reason: "Target.Timeout", description: "Request timed out" };
const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };

/** "+" is a check that succeeds, "-" one that fails. */
function after(checks: string): Health["state"] {
  const failureOf = (check: string): Failure | undefined => (check === "-" ? FAILURE : undefined);
  return checks.split("").reduce<Health>((health, check) => afterCheck(health, failureOf(check), thresholds), UNCHECKED)
    .state;
}

test.for([
  ["", "initial"],
  ["+", "healthy"],
  ["-", "initial"],
  ["--", "unhealthy"],
  ["-+", "healthy"],
  ["+-", "healthy"],
  ["+-+-", "healthy"],
  ["+--", "unhealthy"],
  ["--++", "unhealthy"],
  ["--+++", "healthy"],
  ["--++-++", "unhealthy"],
  ["--++-+++", "healthy"],
] as const)("after the checks %j a target is %s", ([checks, state]) => {
  expect(after(checks)).toBe(state);
});

test.for([
  ["200", 200, true],
  ["200", 201, false],
  ["200-299", 204, true],
  ["200,301-302", 302, true],
  ["200,301-302", 300, false],
] as const)("the matcher %s and the status %i: %s", ([matcher, status, matched]) => {
  expect(matches(matcher, status)).toBe(matched);
});

test("an unhealthy target says why", () => {
  expect(inWords({ state: "unhealthy", streak: 0, failure: FAILURE }, false)).toEqual({
    state: "unhealthy",
    ...FAILURE,
  });
  expect(inWords(UNCHECKED, true).reason).toBe("Target.DeregistrationInProgress");
});

describe("health that another process tells", () => {
  const group = targetGroup([1, 2]);
  const [first, second] = [group.targets[0]!, group.targets[1]!];
  const report = (port: number, state: TargetReport["state"]): TargetReport => ({
    targetGroupArn: group.arn,
    address: "127.0.0.1",
    port,
    state,
  });

  test("counts, and changes are told once", () => {
    const told = toldHealth();
    const changes: string[] = [];
    const stop = told.onHealth((arn) => changes.push(arn));
    expect(told.isHealthy(group, first)).toBe(false);
    told.tell([report(1, "healthy"), report(2, "initial")]);
    expect([told.isHealthy(group, first), told.isHealthy(group, second)]).toEqual([true, false]);
    told.tell([report(1, "healthy"), report(2, "unhealthy")]);
    expect(changes).toEqual(["group"]);
    told.tell([report(1, "draining"), report(2, "healthy")]);
    expect([told.isHealthy(group, first), told.isHealthy(group, second)]).toEqual([false, true]);
    stop();
    told.tell([]);
    expect(changes).toEqual(["group", "group"]);
  });

  test("does not matter for targets that are not checked", () => {
    const unchecked = { ...group, healthCheck: { ...group.healthCheck, enabled: false } };
    expect(toldHealth().isHealthy(unchecked, first)).toBe(true);
  });
});

test("a thousand new targets are not checked all at once, and later spread over the interval", async () => {
  const clock = testClock("2026-11-22T00:00:00Z");
  const timers = testTimers(clock);
  const looks: number[] = [];
  const board = healthBoard({
    timers,
    onChange: () => {},
    check: () => {
      looks.push(clock.now().getTime());
      return Promise.resolve({ failure: undefined, code: 200 });
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  board.configure([targetGroup(Array.from({ length: 1_000 }, (_, n) => n + 1))]);
  expect(looks.length).toBeLessThanOrEqual(16);
  timers.advance(1_000);
  await settle();
  expect(looks).toHaveLength(1_000);
  timers.advance(31_000);
  await settle();
  const perSecond = new Map<number, number>();
  for (const at of looks.slice(1_000)) {
    const second = Math.floor(at / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  expect(Math.max(...perSecond.values())).toBeLessThan(120);
  expect([...perSecond.values()].reduce((sum, count) => sum + count, 0)).toBe(1_000);
  board.stop();
  expect(timers.waiting).toBe(0);
});

test("targets of a target group that no listener forwards to are unused, until one does", async () => {
  let looks = 0;
  const board = healthBoard({
    timers: testTimers(testClock("2026-11-22T00:00:00Z")),
    onChange: () => {},
    check: () => {
      looks += 1;
      return Promise.resolve({ failure: undefined, code: 200 });
    },
  });
  const group = targetGroup([1]);
  board.configure([group], new Set());
  expect(board.report()).toMatchObject([{ state: "unused", reason: "Target.NotInUse" }]);
  expect(looks).toBe(0);
  board.configure([group], new Set([group.arn]));
  await new Promise((resolve) => setImmediate(resolve));
  expect(board.report()).toMatchObject([{ state: "healthy" }]);
  board.stop();
});

describe("a board of targets", () => {
  /** Timers that are rung by hand, and checks whose outcome is told. */
  function board() {
    const rings: (() => void)[] = [];
    const timers: Timers = {
      after(_, act) {
        rings.push(act);
        return () => void rings.splice(rings.indexOf(act), 1);
      },
    };
    const failing = new Set<number>();
    let changes = 0;
    const made = healthBoard({
      timers,
      onChange: () => void changes++,
      check: (_, { port }) => Promise.resolve({ failure: failing.has(port) ? FAILURE : undefined, code: undefined }),
    });
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return {
      made,
      failing,
      changes: () => changes,
      rings,
      configure: async (group: EdgeTargetGroup) => {
        made.configure([group]);
        await settle();
      },
      round: async () => {
        for (const ring of rings.splice(0)) ring();
        await settle();
      },
      states: () => made.report().map(({ port, state }) => `${port} ${state}`),
    };
  }

  test("looks at new targets at once, again after the interval, and tells of changes only", async () => {
    const { configure, round, states, failing, changes } = board();
    failing.add(2);
    await configure(targetGroup([1, 2]));
    expect(states()).toEqual(["1 healthy", "2 initial"]);
    await round();
    expect(states()).toEqual(["1 healthy", "2 unhealthy"]);
    const before = changes();
    await round();
    expect(changes()).toBe(before);
    failing.delete(2);
    for (let i = 0; i < 5; i++) await round();
    expect(states()).toEqual(["1 healthy", "2 healthy"]);
    expect(changes()).toBe(before + 1);
  });

  test("forgets targets that are gone, and begins anew with a new check", async () => {
    const { configure, states, rings, made } = board();
    await configure(targetGroup([1, 2]));
    await configure(targetGroup([2]));
    expect([states(), rings.length]).toEqual([["2 healthy"], 1]);
    const group = targetGroup([2]);
    await configure({ ...group, healthCheck: { ...group.healthCheck, path: "/other" } });
    expect(rings).toHaveLength(1);
    made.stop();
    expect(rings).toHaveLength(0);
  });

  test("takes targets that are not checked for healthy", async () => {
    const { configure, made } = board();
    const group = targetGroup([1]);
    const unchecked = { ...group, healthCheck: { ...group.healthCheck, enabled: false } };
    await configure(unchecked);
    expect(made.isHealthy(unchecked, unchecked.targets[0]!)).toBe(true);
  });
});
