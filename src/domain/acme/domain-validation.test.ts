import { describe, expect, test } from "vitest";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { type AcmeDomainFacts, nextDomainStep, recheckValidAfter } from "./domain-validation.ts";

const now = new Date("2026-11-22T00:00:00Z");
const facts = (more: Partial<AcmeDomainFacts>): AcmeDomainFacts => ({
  status: "VALIDATING",
  startedAt: later(now, -HOUR),
  checkAt: now,
  provenAt: undefined,
  ...more,
});

describe("a domain validation", () => {
  test.for<[what: string, facts: Partial<AcmeDomainFacts>, step: object]>([
    ["that is due is looked up", {}, { kind: "look" }],
    ["rests until its next look-up", { checkAt: later(now, HOUR) }, { kind: "wait", until: later(now, HOUR) }],
    [
      "rests until its 72 hours are over",
      { checkAt: later(now, 9 * DAY) },
      { kind: "wait", until: later(now, 71 * HOUR) },
    ],
    ["times out after 72 hours", { startedAt: later(now, -72 * HOUR) }, { kind: "time-out" }],
    ["that is INVALID stays so", { status: "INVALID" }, { kind: "nothing" }],
    ["that is DELETING is removed", { status: "DELETING" }, { kind: "remove" }],
    ["that is VALID is looked up again", { status: "VALID", provenAt: later(now, -7 * DAY) }, { kind: "look" }],
    [
      "whose proof is 200 days old has to give it anew",
      { status: "VALID", provenAt: later(now, -200 * DAY) },
      { kind: "lapse" },
    ],
  ])("%s", ([, more, step]) => {
    expect(nextDomainStep(facts(more), now)).toEqual(step);
  });

  test("may use a proof for a hundred days from March 2027, for ten from March 2029", () => {
    const proven = (at: string, days: number): string => {
      const then = new Date(at);
      const valid = facts({ status: "VALID", provenAt: later(then, -days * DAY), checkAt: later(then, DAY) });
      return nextDomainStep(valid, then).kind;
    };
    expect([proven("2027-03-15T00:00:00Z", 99), proven("2027-03-15T00:00:00Z", 100)]).toEqual(["wait", "lapse"]);
    expect([proven("2029-03-15T00:00:00Z", 9), proven("2029-03-15T00:00:00Z", 10)]).toEqual(["wait", "lapse"]);
    expect(recheckValidAfter(true, new Date("2029-03-15T00:00:00Z"))).toBe(2 * DAY);
  });
});
