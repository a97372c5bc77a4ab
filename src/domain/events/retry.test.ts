import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "#lib/duration.ts";
import { apiDestinationRetries, nextTry, outcomeOf, STANDARD_RETRIES } from "./retry.ts";

const now = new Date("2026-11-22T00:00:00Z");

describe("what an answer means", () => {
  test.for([
    [200, undefined, { kind: "taken" }],
    [204, undefined, { kind: "taken" }],
    [301, undefined, { kind: "refused", problem: "it answered 301" }],
    [400, undefined, { kind: "refused", problem: "it answered 400" }],
    [404, "5", { kind: "refused", problem: "it answered 404" }],
    [429, undefined, { kind: "failed", problem: "it answered 429" }],
    [503, "120", { kind: "failed", problem: "it answered 503", retryAfter: new Date("2026-11-22T00:02:00Z") }],
    [
      503,
      "Sun, 22 Nov 2026 01:00:00 GMT",
      { kind: "failed", problem: "it answered 503", retryAfter: new Date("2026-11-22T01:00:00Z") },
    ],
    [503, "Sat, 21 Nov 2026 01:00:00 GMT", { kind: "failed", problem: "it answered 503", retryAfter: now }],
    [503, "soon", { kind: "failed", problem: "it answered 503" }],
    [503, "-1", { kind: "refused", problem: "it answered 503 and wants no retry" }],
  ] as const)("%s, Retry-After %s", ([status, retryAfter, outcome]) => {
    expect(outcomeOf({ status, retryAfter }, now, apiDestinationRetries)).toEqual(outcome);
  });

  test("no header breaks it", () => {
    fc.assert(
      fc.property(fc.string(), (retryAfter) => {
        const outcome = outcomeOf({ status: 500, retryAfter }, now, apiDestinationRetries);
        if (outcome.kind === "failed" && outcome.retryAfter) expect(outcome.retryAfter.getTime()).not.toBeNaN();
      }),
    );
  });
});

describe("the next try", () => {
  const after = (attempts: number, random: number, retryAfter?: Date): number | undefined => {
    const again = nextTry({ attempts, since: now, retryAfter }, STANDARD_RETRIES, now, random);
    return again && again.getTime() - now.getTime();
  };

  test("comes later and later, up to ten minutes, and is spread over half of the pause", () => {
    expect([1, 2, 3, 10, 50].map((attempts) => after(attempts, 1))).toEqual([
      SECOND,
      2 * SECOND,
      4 * SECOND,
      512 * SECOND,
      10 * MINUTE,
    ]);
    expect(after(3, 0)).toBe(2 * SECOND);
  });

  test("is not before the receiver wants it", () => {
    expect(after(1, 1, new Date(now.getTime() + HOUR))).toBe(HOUR);
    expect(after(50, 1, new Date(now.getTime() + SECOND))).toBe(10 * MINUTE);
  });

  test("is never after 185 tries, or after 24 hours", () => {
    expect(after(185, 0)).toBeDefined();
    expect(after(186, 0)).toBeUndefined();
    expect(after(1, 0, new Date(now.getTime() + 25 * HOUR))).toBeUndefined();
    const late = new Date(now.getTime() + 24 * HOUR);
    expect(nextTry({ attempts: 9, since: now, retryAfter: undefined }, STANDARD_RETRIES, late, 0)).toBeUndefined();
  });
});
