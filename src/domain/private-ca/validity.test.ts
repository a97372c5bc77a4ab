import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { issuedPeriod, type Validity, type ValidityBounds, type ValidityType } from "./validity.ts";

const now = new Date("2026-11-30T12:34:54.321Z");
const authority = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2060-01-01T00:00:00Z") };
const bounds: ValidityBounds = { authority, usageMode: "GENERAL_PURPOSE" };

const end = (Type: ValidityType, Value: number, more: Partial<ValidityBounds> = {}): string => {
  try {
    return issuedPeriod({ Type, Value }, undefined, now, { ...bounds, ...more }).notAfter.toISOString();
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
};

describe("the end of a certificate", () => {
  test.for<[type: ValidityType, value: number, end: string]>([
    ["DAYS", 90, "2027-02-28T12:34:54.000Z"],
    ["MONTHS", 3, "2027-02-28T12:34:54.000Z"],
    ["MONTHS", 15, "2028-02-29T12:34:54.000Z"],
    ["YEARS", 10, "2036-11-30T12:34:54.000Z"],
    ["ABSOLUTE", 2_524_608_000, "2050-01-01T00:00:00.000Z"],
    ["END_DATE", 491_231_235_959, "2049-12-31T23:59:59.000Z"],
    ["END_DATE", 20_501_231_235_959, "2050-12-31T23:59:59.000Z"],
  ])("%s %i", ([type, value, expected]) => {
    expect(end(type, value)).toBe(expected);
  });

  test.for<[type: ValidityType, value: number, why: string]>([
    ["ABSOLUTE", 1, "private-ca-validity-invalid"],
    ["END_DATE", 991_231_235_959, "private-ca-validity-invalid"], // of 1999
    ["END_DATE", 271_332_000_000, "private-ca-args-invalid"],
    ["END_DATE", 270_230_000_000, "private-ca-args-invalid"],
    ["END_DATE", 123_456_789_012_345, "private-ca-args-invalid"],
    ["DAYS", 1.5, "private-ca-args-invalid"],
    ["YEARS", 8000, "private-ca-validity-invalid"],
    ["YEARS", Number.MAX_SAFE_INTEGER, "private-ca-validity-invalid"],
    ["YEARS", 40, "The certificate validity specified exceeds the certificate authority validity"],
  ])("%s %d is refused with ValidationException or InvalidArgsException", ([type, value, why]) => {
    expect(end(type, value)).toContain(why);
  });

  test("of a CA for short-lived certificates is in seven days at most", () => {
    const short = { usageMode: "SHORT_LIVED_CERTIFICATE" } as const;
    expect(end("DAYS", 7, short)).toBe("2026-12-07T12:34:54.000Z");
    expect(end("DAYS", 8, short)).toContain("seven days at most");
  });

  test("of a root that signs itself has no bounds", () => {
    expect(end("YEARS", 100, { authority: undefined, usageMode: "SHORT_LIVED_CERTIFICATE" })).toContain("2126");
  });
});

describe("the beginning of a certificate", () => {
  const begin = (notBefore: Validity | undefined, more: Partial<ValidityBounds> = {}): Date =>
    issuedPeriod({ Type: "DAYS", Value: 1 }, notBefore, now, { ...bounds, ...more }).notBefore;

  test("is an hour ago, but not before its CA's", () => {
    expect(begin(undefined)).toEqual(new Date("2026-11-30T11:34:54Z"));
    const young = { notBefore: new Date("2026-11-30T12:00:00Z"), notAfter: authority.notAfter };
    expect(begin(undefined, { authority: young })).toEqual(young.notBefore);
  });

  test("can be told, as ABSOLUTE, and leaves the end where it is", () => {
    const told = later(now, HOUR);
    expect(begin({ Type: "ABSOLUTE", Value: Math.floor(told.getTime() / 1000) }).getTime()).toBe(
      Math.floor(told.getTime() / 1000) * 1000,
    );
    expect(() => begin({ Type: "DAYS", Value: 1 })).toThrow("must be ABSOLUTE");
    expect(() => begin({ Type: "ABSOLUTE", Value: Math.floor(later(now, 2 * DAY).getTime() / 1000) })).toThrow(
      "end before it begins",
    );
  });
});

test("whatever is asked for is refused, or a life in whole seconds that ends after it begins and within its CA's", () => {
  const validity = fc.record({
    Type: fc.constantFrom<ValidityType>("DAYS", "MONTHS", "YEARS", "ABSOLUTE", "END_DATE"),
    Value: fc.oneof(fc.integer({ min: 1 }), fc.double(), fc.maxSafeNat(), fc.integer({ min: 1, max: 100 })),
  });
  fc.assert(
    fc.property(validity, fc.option(validity, { nil: undefined }), (asked, notBefore) => {
      try {
        const period = issuedPeriod(asked, notBefore, now, bounds);
        expect(period.notAfter.getTime() % 1000).toBe(0);
        expect(period.notBefore.getTime()).toBeLessThan(period.notAfter.getTime());
        expect(period.notAfter.getTime()).toBeLessThanOrEqual(authority.notAfter.getTime());
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
});
