import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";

/**
 * The time that a Retry-After header names (RFC 9110 section 10.2.3), in seconds from now or as a date; undefined when
 * there is none that can be read. Never in the past, and at most a week ahead: whoever says more is not believed.
 */
export function parseRetryAfter(header: string | undefined, now: Date): Date | undefined {
  const text = header?.trim() ?? "";
  const time = /^\d{1,9}$/.test(text) ? later(now, Number(text) * SECOND) : httpDate(text);
  if (!time) return undefined;
  return new Date(Math.min(Math.max(time.getTime(), now.getTime()), now.getTime() + LONGEST));
}

/** IMF-fixdate only: the obsolete forms are not to be sent. */
function httpDate(text: string): Date | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const LONGEST: Millis = 7 * DAY;
