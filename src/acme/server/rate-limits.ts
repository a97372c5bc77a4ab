import { type Millis, SECOND } from "#lib/duration.ts";

/** What is counted by itself: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html, for each account. */
export type RateKind = keyof typeof RATES;

/** How often each account may ask, on this node. */
export interface RateLimits {
  /** Counts a request; how long the account must wait when it is one too many. */
  count(accountId: string, kind: RateKind, now: Date): Millis | undefined;
}

export const UNLIMITED: RateLimits = { count: () => undefined };

/** Buckets that fill at AWS's rates and hold a burst of a few seconds. The least recently used are forgotten. */
export function awsRates(): RateLimits {
  const buckets = new Map<string, { level: number; at: Millis }>();
  return {
    count(accountId, kind, now) {
      const name = `${kind} ${accountId}`;
      const { perSecond, burst } = RATES[kind];
      const { level, at } = buckets.get(name) ?? { level: burst, at: now.getTime() };
      const filled = Math.min(burst, level + ((now.getTime() - at) / SECOND) * perSecond);
      buckets.delete(name);
      buckets.set(name, { level: filled >= 1 ? filled - 1 : filled, at: now.getTime() });
      const [first] = buckets.keys();
      if (buckets.size > MOST_BUCKETS && first !== undefined) buckets.delete(first);
      return filled >= 1 ? undefined : Math.ceil(((1 - filled) / perSecond) * SECOND);
    },
  };
}

const RATES = {
  read: { perSecond: 25, burst: 50 },
  write: { perSecond: 20, burst: 40 },
  finalize: { perSecond: 1, burst: 5 },
  revoke: { perSecond: 1, burst: 5 },
} as const;
const MOST_BUCKETS = 10_000;
