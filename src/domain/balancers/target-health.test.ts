import { expect, it } from "vitest";
import { type SeenTarget, type TargetFacts, targetHealth } from "./target-health.ts";

const serving: TargetFacts = { registered: true, somewhere: true, draining: false, inUse: true, reports: [] };
const seen = (state: SeenTarget["state"], reason?: string): SeenTarget => ({
  state,
  current: true,
  ...(reason === undefined ? {} : { reason }),
});
const unhealthy = seen("unhealthy", "Target.Timeout");

it.for<[string, TargetFacts, string, string | undefined]>([
  ["unknown to the target group", { ...serving, registered: false }, "unused", "Target.NotRegistered"],
  ["of a target group that no listener forwards to", { ...serving, inUse: false }, "unused", "Target.NotInUse"],
  ["whose host is gone", { ...serving, somewhere: false }, "unused", "Target.InvalidState"],
  ["deregistered", { ...serving, draining: true }, "draining", "Target.DeregistrationInProgress"],
  ["not looked at yet", serving, "initial", "Elb.RegistrationInProgress"],
  ["seen healthy by one edge of two", { ...serving, reports: [unhealthy, seen("healthy")] }, "healthy", undefined],
  ["seen unhealthy", { ...serving, reports: [seen("initial"), unhealthy] }, "unhealthy", "Target.Timeout"],
  [
    "reported from before it was registered again",
    { ...serving, reports: [seen("draining")] },
    "initial",
    "Elb.RegistrationInProgress",
  ],
  [
    "whose last observer is gone",
    { ...serving, reports: [{ ...unhealthy, current: false }] },
    "unavailable",
    "Elb.InternalError",
  ],
  [
    "whose other observer is gone",
    { ...serving, reports: [{ ...seen("healthy"), current: false }, unhealthy] },
    "unhealthy",
    "Target.Timeout",
  ],
])("a target %s", ([, facts, state, reason]) => {
  const health = targetHealth(facts);
  expect([health.state, health.reason]).toEqual([state, reason]);
});
