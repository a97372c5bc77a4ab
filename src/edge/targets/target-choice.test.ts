import { expect, test } from "vitest";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { targetsOf } from "./target-choice.ts";

const forward = (weights: Record<string, number>) => ({
  type: "forward" as const,
  targetGroups: Object.entries(weights).map(([arn, weight]) => ({ arn, weight })),
});

test("requests are spread by weight, evenly", () => {
  const targets = targetsOf(() => true);
  targets.configure([targetGroup([1], { arn: "a" }), targetGroup([2], { arn: "b" }), targetGroup([3], { arn: "c" })]);
  const chosen = Array.from(
    { length: 8 },
    () => targets.choose(forward({ a: 3, b: 1, c: 0 }), "l", { address: "192.0.2.1" })?.target.port,
  );
  expect(chosen).toEqual([1, 1, 2, 1, 1, 1, 2, 1]);
});

test("healthy targets take turns; when none is healthy all do; draining ones never", () => {
  const sick = new Set([2]);
  const targets = targetsOf((_, { port }) => !sick.has(port));
  const group = targetGroup([1, 2, 3]);
  const draining = {
    ...group,
    targets: [...group.targets, { id: "127.0.0.1", address: "127.0.0.1", port: 4, draining: true }],
  };
  targets.configure([draining]);
  const ports = () =>
    new Set(
      Array.from(
        { length: 6 },
        () => targets.choose(forward({ group: 1 }), "l", { address: "192.0.2.1" })?.target.port,
      ),
    );
  expect(ports()).toEqual(new Set([1, 3]));
  for (const port of [1, 3]) sick.add(port);
  expect(ports()).toEqual(new Set([1, 2, 3]));
});

test("without targets there is no choice", () => {
  const targets = targetsOf(() => true);
  targets.configure([targetGroup([])]);
  expect(targets.choose(forward({ group: 1 }), "l", { address: "192.0.2.1" })).toBeUndefined();
  expect(targets.choose(forward({ unknown: 1 }), "l", { address: "192.0.2.1" })).toBeUndefined();
});

test("the one with the fewest outstanding requests is chosen where that is asked for", () => {
  const targets = targetsOf(() => true);
  targets.configure([
    targetGroup([1, 2], { attributes: { "load_balancing.algorithm.type": "least_outstanding_requests" } }),
  ]);
  const choose = () => targets.choose(forward({ group: 1 }), "l", { address: "192.0.2.1" })!;
  const first = choose();
  const second = choose();
  expect(second.target.port).not.toBe(first.target.port);
  second.release();
  second.release();
  expect(choose().target.port).toBe(second.target.port);
});
