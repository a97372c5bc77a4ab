import { describe, expect, test } from "vitest";
import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import type { Timers } from "#lib/timers.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { afterCheck, type Failure, type Health, inWords, matches, UNCHECKED } from "./health.ts";
import { healthBoard } from "./health-board.ts";

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
