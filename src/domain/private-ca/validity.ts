import type { Period } from "#domain/certificate/validity.ts";
import { Refusal } from "#domain/refusal.ts";
import { DAY, HOUR, later, SECOND } from "#lib/duration.ts";
import type { UsageMode } from "./status.ts";

/** A moment, or a length of time, as AWS Private CA's API says it. */
export interface Validity {
  readonly Value: number;
  readonly Type: ValidityType;
}

export type ValidityType = "END_DATE" | "ABSOLUTE" | "DAYS" | "MONTHS" | "YEARS";

/** What bounds the life of what a CA signs. */
export interface ValidityBounds {
  /** When the CA's own certificate begins and ends; undefined for a root that signs itself. */
  readonly authority: Period | undefined;
  readonly usageMode: UsageMode;
}

/**
 * The life that is asked for, in whole seconds. It begins an hour ago unless told otherwise, for clients whose clocks
 * are behind. Throws `private-ca-validity-invalid` for one that ends before it begins, in the past, after its CA, or,
 * where the CA is for short-lived certificates, in more than seven days; `private-ca-args-invalid` for a wrong form.
 */
export function issuedPeriod(
  validity: Validity,
  begin: Validity | undefined,
  now: Date,
  { authority, usageMode }: ValidityBounds,
): Period {
  const issuedAt = new Date(Math.floor(now.getTime() / SECOND) * SECOND);
  const notAfter = endOf(validity, issuedAt);
  const notBefore = begin ? beginOf(begin) : standardBegin(issuedAt, authority);
  if (!(notAfter > issuedAt))
    throw invalid(`The certificate would end ${notAfter.toISOString()}, which is not in the future.`);
  if (notBefore >= notAfter) throw invalid("The certificate would end before it begins.");
  if (authority && notAfter > authority.notAfter) {
    throw invalid(
      `The certificate validity specified exceeds the certificate authority validity: the certificate would end ${notAfter.toISOString()}, the certificate authority ends ${authority.notAfter.toISOString()}.`,
    );
  }
  if (authority && usageMode === "SHORT_LIVED_CERTIFICATE" && notAfter > later(issuedAt, SHORT_LIFE)) {
    throw invalid("The certificate authority issues short-lived certificates: they are valid for seven days at most.");
  }
  return { notBefore, notAfter };
}

/** Shortly before now, but not before the CA: until then nothing below it is valid. */
function standardBegin(issuedAt: Date, authority: Period | undefined): Date {
  const early = later(issuedAt, -HOUR);
  return authority && early < authority.notBefore && authority.notBefore < issuedAt ? authority.notBefore : early;
}

function beginOf({ Value, Type }: Validity): Date {
  if (Type !== "ABSOLUTE") throw args(`ValidityNotBefore must be ABSOLUTE, not ${Type}.`);
  return moment(new Date(whole(Value) * SECOND));
}

function endOf({ Value, Type }: Validity, issuedAt: Date): Date {
  const value = whole(Value);
  switch (Type) {
    case "ABSOLUTE":
      return moment(new Date(value * SECOND));
    case "END_DATE":
      return moment(readDate(`${value}`));
    case "DAYS":
      return moment(later(issuedAt, value * DAY));
    case "MONTHS":
      return moment(monthsLater(issuedAt, value));
    case "YEARS":
      return moment(monthsLater(issuedAt, 12 * value));
  }
}

/** The same day of another month, or its last one where it is shorter. */
function monthsLater(date: Date, months: number): Date {
  const target = new Date(date);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + months);
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), last));
  return target;
}

/** UTCTime `YYMMDDHHMMSS` or GeneralizedTime `YYYYMMDDHHMMSS`; leading zeros of a year are lost in a number. */
function readDate(digits: string): Date {
  const text = digits.length > 12 ? digits.padStart(14, "0") : utcTime(digits.padStart(12, "0"));
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const written = Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/[-:T]|\.\d{3}Z/g, "");
  if (written !== text) throw args(`${digits} is no END_DATE: it must be YYMMDDHHMMSS or YYYYMMDDHHMMSS.`);
  return date;
}

/** RFC 5280 section 4.1.2.5.1: from 50 on, the years are of the last century. */
function utcTime(digits: string): string {
  return `${Number(digits.slice(0, 2)) >= 50 ? "19" : "20"}${digits}`;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw args(`${value} is no whole number.`);
  return value;
}

/** What a certificate can say: the years 1950 to 9999. */
function moment(date: Date): Date {
  const time = date.getTime();
  if (Number.isNaN(time) || time < FIRST || time > LAST) {
    throw invalid("The certificate's validity must lie between the years 1950 and 9999.");
  }
  return date;
}

function invalid(message: string): Refusal {
  return new Refusal("private-ca-validity-invalid", message);
}

function args(message: string): Refusal {
  return new Refusal("private-ca-args-invalid", message);
}

/** https://docs.aws.amazon.com/privateca/latest/userguide/short-lived-certificates.html */
const SHORT_LIFE = 7 * DAY;
const FIRST = Date.UTC(1950, 0, 1);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);
