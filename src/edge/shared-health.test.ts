import { expect, test } from "vitest";
import type { EdgeBalancer, EdgeTargetGroup, TargetReport } from "#domain/edge-config.ts";
import { balancer, FORWARD, targetGroup } from "../../tests/support/edge-config.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { testTimers } from "../../tests/support/test-timers.ts";
import { sharedHealth } from "./shared-health.ts";

const FAILURE = { reason: "Target.Timeout", description: "Request timed out" } as const;
const group = targetGroup([1, 2, 3]);
const config = (targetGroups: readonly EdgeTargetGroup[] = [group]): EdgeBalancer =>
  balancer({ defaultRule: FORWARD }, { targetGroups });
const report = (port: number, rest: Pick<TargetReport, "state" | "reason" | "description">): TargetReport => ({
  targetGroupArn: group.arn,
  address: "127.0.0.1",
  port,
  ...rest,
});
const SEEN: readonly TargetReport[] = [
  report(1, { state: "healthy" }),
  report(2, { state: "unhealthy", ...FAILURE }),
  report(3, { state: "healthy" }),
];

/** A process that is told of health, and checks that end when the test says so; targets in `failing` fail. */
function follower() {
  const timers = testTimers(testClock("2026-11-22T00:00:00Z"));
  const failing = new Set<number>();
  const reports: (readonly TargetReport[])[] = [];
  const changes: boolean[][] = [];
  const ends: (() => void)[] = [];
  const health = sharedHealth(config(), false, {
    timers,
    onChange: () => void reports.push(health.report()),
    check: (_, { port }) =>
      new Promise((resolve) =>
        ends.push(() => resolve({ failure: failing.has(port) ? FAILURE : undefined, code: undefined })),
      ),
  });
  const healthy = (): boolean[] => group.targets.map((target) => health.isHealthy(group, target));
  health.onHealth(() => void changes.push(healthy()));
  health.configure(config());
  return {
    health,
    reports,
    changes,
    failing,
    healthy,
    round: async (seconds = 0) => {
      timers.advance(seconds * 1_000);
      for (const end of ends.splice(0)) end();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("a process that begins to check goes on from what it was told: nothing changes for anybody until a check says so", async () => {
  const { health, reports, changes, failing, healthy, round } = follower();
  health.hear(SEEN);
  expect(changes.splice(0)).toEqual([[true, false, true]]);
  health.lead(true);
  expect([healthy(), health.report(), reports, changes]).toEqual([[true, false, true], SEEN, [SEEN], []]);
  failing.add(2).add(3);
  await round();
  // One failure is not enough for a target that was healthy, nor one success for one that was unhealthy.
  expect([healthy(), changes]).toEqual([[true, false, true], []]);
  failing.delete(2);
  await round(30);
  expect([healthy(), changes]).toEqual([[true, false, false], [[true, false, false]]]);
  for (let i = 0; i < 4; i++) await round(30);
  expect(healthy()).toEqual([true, true, false]);
  health.stop();
});

test("a target that was told of, left and came back is new", async () => {
  const { health, round } = follower();
  health.hear(SEEN);
  health.lead(true);
  await round();
  health.configure(config([targetGroup([1, 2])]));
  health.configure(config());
  expect(health.report().map(({ state }) => state)).toEqual(["healthy", "unhealthy", "initial"]);
  health.stop();
});

test("what a process has seen counts on when another one begins to check", async () => {
  const { health, failing, healthy, round } = follower();
  failing.add(2);
  health.lead(true);
  await round();
  expect(healthy()).toEqual([true, false, true]);
  health.lead(false);
  expect([healthy(), health.report()]).toEqual([[true, false, true], []]);
  health.hear(SEEN.with(0, report(1, { state: "unhealthy", ...FAILURE })));
  expect(healthy()).toEqual([false, false, true]);
  health.stop();
});
