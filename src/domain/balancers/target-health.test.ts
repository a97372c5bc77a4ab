import { expect, it } from "vitest";
import { type TargetFacts, targetHealth } from "./target-health.ts";

const serving: TargetFacts = { registered: true, draining: false, inUse: true, reports: [] };
const unhealthy = { state: "unhealthy", reason: "Target.Timeout", description: "Request timed out" } as const;

it.for<[string, TargetFacts, string, string | undefined]>([
  ["unknown to the target group", { ...serving, registered: false }, "unused", "Target.NotRegistered"],
  ["of a target group that no listener forwards to", { ...serving, inUse: false }, "unused", "Target.NotInUse"],
  ["deregistered", { ...serving, draining: true }, "draining", "Target.DeregistrationInProgress"],
  ["not looked at yet", serving, "initial", "Elb.RegistrationInProgress"],
  ["seen healthy by one edge of two", { ...serving, reports: [unhealthy, { state: "healthy" }] }, "healthy", undefined],
  ["seen unhealthy", { ...serving, reports: [{ state: "initial" }, unhealthy] }, "unhealthy", "Target.Timeout"],
  [
    "reported from before it was registered again",
    { ...serving, reports: [{ state: "draining" }] },
    "initial",
    "Elb.RegistrationInProgress",
  ],
])("a target %s", ([, facts, state, reason]) => {
  const health = targetHealth(facts);
  expect([health.state, health.reason]).toEqual([state, reason]);
});
