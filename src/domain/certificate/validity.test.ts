import { describe, expect, test } from "vitest";
import { DAY, HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { LEAF_VALIDITY, leafPeriod, lengthOf, validityLimit } from "./validity.ts";

const now = new Date("2026-11-22T12:00:00.750Z");
const issuer = { notBefore: later(now, -DAY), notAfter: later(now, 4000 * DAY) };

describe("a leaf's life", () => {
  test.for<[string, Millis, Millis]>([
    ["198 days", LEAF_VALIDITY, HOUR],
    ["one day", DAY, HOUR],
    ["an hour", HOUR, MINUTE],
    ["five minutes", 5 * MINUTE, 30 * SECOND],
    ["a minute", MINUTE, 6 * SECOND],
  ])("of %s is exactly as long as wished, and begins a little early", ([, wished, early]) => {
    const period = leafPeriod(wished, now, issuer);
    expect(lengthOf(period)).toBe(wished);
    expect(period.notBefore).toEqual(new Date(Math.floor((now.getTime() - early) / 1000) * 1000));
    expect(period.notAfter.getMilliseconds()).toBe(0);
  });

  test.for([
    ["2026-03-14T23:59:59Z", 398, 397],
    ["2026-03-15T00:00:00Z", 200, 199],
    ["2027-03-14T23:59:59Z", 200, 199],
    ["2027-03-15T00:00:00Z", 100, 99],
    ["2029-03-15T00:00:00Z", 47, 46],
  ] as const)("is limited by BR 6.3.2 as of %s", ([date, most, advised]) => {
    const at = new Date(date);
    expect(validityLimit(at)).toMatchObject({ most: most * DAY, advised: advised * DAY });
    const period = leafPeriod(1000 * DAY, at, { notBefore: new Date(0), notAfter: later(at, 4000 * DAY) });
    expect(lengthOf(period)).toBe(advised * DAY);
  });

  test("does not exceed the issuer's", () => {
    const young = { notBefore: later(now, -MINUTE), notAfter: later(now, 10 * DAY) };
    expect(leafPeriod(LEAF_VALIDITY, now, young)).toEqual(young);
  });

  test("is refused under a minute, and when the issuer's is over", () => {
    expect(() => leafPeriod(59 * SECOND, now, issuer)).toThrow("at least one minute");
    expect(() => leafPeriod(DAY, now, { ...issuer, notAfter: later(now, -SECOND) })).toThrow("can sign no more");
  });
});
