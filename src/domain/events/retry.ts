import { backoff } from "#lib/backoff.ts";
import { HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";

/** What came of a try to deliver an event. */
export type Outcome =
  | { readonly kind: "taken" }
  /** It may be taken later; not before `retryAfter` where the receiver said so. */
  | { readonly kind: "failed"; readonly problem: string; readonly retryAfter?: Date | undefined }
  /** It will never be. */
  | { readonly kind: "refused"; readonly problem: string };

/** How long and how often it is tried to deliver one event. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly age: Millis;
}

/** What a receiver's answer means. `retries` tells which statuses may be better next time. */
export function outcomeOf(
  { status, retryAfter }: { readonly status: number; readonly retryAfter: string | undefined },
  now: Date,
  retries: (status: number) => boolean,
): Outcome {
  if (status >= 200 && status < 300) return { kind: "taken" };
  const problem = `it answered ${status}`;
  if (!retries(status)) return { kind: "refused", problem };
  const wait = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now);
  // EventBridge gives up when the receiver says a negative time.
  if (wait !== undefined && wait < 0) return { kind: "refused", problem: `${problem} and wants no retry` };
  return { kind: "failed", problem, ...(wait === undefined ? {} : { retryAfter: later(now, wait) }) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html: what EventBridge tries again. */
export function apiDestinationRetries(status: number): boolean {
  return [401, 407, 409, 425, 429].includes(status) || status >= 500;
}

/**
 * When an event is tried again after `attempts` failures: pauses double up to ten minutes and are spread, so that
 * receivers that come back are not overrun. Undefined when it is given up. `random` is from 0 to 1.
 */
export function nextTry(
  {
    attempts,
    since,
    retryAfter,
  }: { readonly attempts: number; readonly since: Date; readonly retryAfter: Date | undefined },
  policy: RetryPolicy,
  now: Date,
  random: number,
): Date | undefined {
  if (attempts > policy.attempts) return undefined;
  const pause = backoff(attempts, { first: SECOND, most: 10 * MINUTE });
  const own = later(now, Math.round(pause * (0.5 + random / 2)));
  const next = retryAfter !== undefined && retryAfter > own ? retryAfter : own;
  return next > later(since, policy.age) ? undefined : next;
}

/** EventBridge's defaults, which webhooks have, too: 24 hours and 185 times. */
export const STANDARD_RETRIES: RetryPolicy = { attempts: 185, age: 24 * HOUR };

/** Seconds, or a date (RFC 9110 section 10.2.3), as a time from now; undefined for what is neither. */
function parseRetryAfter(text: string, now: Date): Millis | undefined {
  if (/^-?\d{1,9}$/.test(text)) return Number(text) * SECOND;
  const date = /^[A-Za-z]{3,9}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
