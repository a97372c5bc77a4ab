import type { TimeForm } from "./format.ts";

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Strict base64 (RFC 4648 section 4), padded. */
export function readBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== "string" || value.length % 4 !== 0 || !BASE64.test(value)) return undefined;
  return Buffer.from(value, "base64");
}

export function writeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** A timestamp in text; undefined when it is not exactly in that form. */
export function readTime(text: string, form: TimeForm): Date | undefined {
  if (!TIMES[form].test(text)) return undefined;
  return validDate(form === "epoch" ? Number(text) * 1000 : Date.parse(text));
}

export function writeTime(value: Date, form: "epoch"): number;
export function writeTime(value: Date, form: TimeForm): number | string;
export function writeTime(value: Date, form: TimeForm): number | string {
  if (form === "epoch") return value.getTime() / 1000;
  return form === "http" ? value.toUTCString() : value.toISOString().replace(".000Z", "Z");
}

/** A moment that JavaScript can hold. */
export function validDate(millis: number): Date | undefined {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A decimal number in text. */
export function readNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const NUMBER = /^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?$/;
const TIMES: Readonly<Record<TimeForm, RegExp>> = {
  epoch: /^-?\d{1,13}(\.\d{1,9})?$/,
  iso: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/,
  http: /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
};
