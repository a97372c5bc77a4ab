import { DAY, HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";

/** A certificate's life; both ends belong to it (RFC 5280 section 4.1.2.5). Whole seconds. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** How long ACM's public certificates live (since 18 February 2026). */
export const LEAF_VALIDITY: Millis = 198 * DAY;

/** The longest life of a leaf that is issued at `at`: what BR 6.3.2 forbids to exceed, and what it advises not to. */
export function validityLimit(at: Date): { readonly most: Millis; readonly advised: Millis } {
  return LIMITS.find(({ from }) => at.getTime() >= from) ?? FIRST_LIMIT;
}

/** How long `period` is as BR 6.3.2 counts: the last second belongs to it. */
export function lengthOf({ notBefore, notAfter }: Period): Millis {
  return notAfter.getTime() - notBefore.getTime() + SECOND;
}

/**
 * The life of a leaf that is issued `now`: as long as wished, but never longer than the rules of the day and the
 * issuer's own life allow. It begins a little early, so that clients whose clock is behind accept it at once.
 * Throws when less than a minute is wished, or nothing of the issuer's life is left.
 */
export function leafPeriod(wished: Millis, now: Date, issuer: Period): Period {
  if (wished < MINUTE) throw new Error(`a certificate lives at least one minute, not ${wished} ms`);
  const length = Math.min(wished, validityLimit(now).advised);
  const early = length >= DAY ? HOUR : Math.min(MINUTE, length / 10);
  const begin = Math.max(Math.floor((now.getTime() - early) / SECOND) * SECOND, issuer.notBefore.getTime());
  const notBefore = new Date(begin);
  const notAfter = new Date(
    Math.min(later(notBefore, length - (length % SECOND) - SECOND).getTime(), issuer.notAfter.getTime()),
  );
  if (notAfter <= now)
    throw new Error(`the issuer's certificate ends ${issuer.notAfter.toISOString()}: it can sign no more`);
  return { notBefore, notAfter };
}

// BR 2.2.6 section 6.3.2, newest first; before them the 398 days of September 2020.
const FIRST_LIMIT = { most: 398 * DAY, advised: 397 * DAY };
const LIMITS = [
  { from: Date.UTC(2029, 2, 15), most: 47 * DAY, advised: 46 * DAY },
  { from: Date.UTC(2027, 2, 15), most: 100 * DAY, advised: 99 * DAY },
  { from: Date.UTC(2026, 2, 15), most: 200 * DAY, advised: 199 * DAY },
] as const;
