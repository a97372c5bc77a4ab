import { daysToExpiry } from "#domain/events/certificate-events.ts";
import { HOUR, MINUTE, type Millis } from "#lib/duration.ts";

/** One measurement. */
export interface Point {
  readonly at: Millis;
  readonly value: number;
}

/** From when until when a version of a certificate was in force, and its renewal was overdue. */
export interface MeasuredTerm {
  readonly since: Millis;
  /** Null while it is in force. */
  readonly until: Millis | null;
  readonly notAfter: Millis;
  /** 1 where it was to be renewed here. */
  readonly managed: 0 | 1;
  readonly overdueSince: Millis | null;
  readonly overdueUntil: Millis | null;
}

/** A time from `from` on and before `to`. */
export interface Span {
  readonly from: Millis;
  readonly to: Millis;
}

/**
 * The days until the end, measured when a version comes into force and at noon and midnight (UTC), until it is replaced
 * or ends. https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html: twice a day until expiry.
 */
export function daysToExpiryPoints(terms: readonly MeasuredTerm[], span: Span): readonly Point[] {
  return terms.flatMap((term) =>
    measuringTimes(term, span, 12 * HOUR).map((at) => ({
      at,
      value: daysToExpiry(term.notAfter, new Date(Math.max(at, term.since))),
    })),
  );
}

/** 1 while the renewal is overdue and 0 otherwise, measured every hour and when it becomes so. */
export function renewalOverduePoints(terms: readonly MeasuredTerm[], span: Span): readonly Point[] {
  return terms
    .filter(({ managed }) => managed === 1)
    .flatMap((term) => {
      const changes = [term.overdueSince, term.overdueUntil].flatMap((at) => (at === null ? [] : [wholeMinute(at)]));
      const within = changes.filter((at) => at >= span.from && at < Math.min(span.to, endOf(term)));
      const times = [...new Set([...measuringTimes(term, span, HOUR), ...within])].sort((a, b) => a - b);
      return times.map((at) => ({ at, value: isOverdueAt(term, at) ? 1 : 0 }));
    });
}

/** What an order of an ACME client came to, as the metric of its success or of its failure: 1 or 0. */
export function issuancePoints(
  orders: readonly { readonly at: Millis; readonly succeeded: boolean }[],
  counts: "succeeded" | "failed",
): readonly Point[] {
  return orders.map(({ at, succeeded }) => ({
    at: wholeMinute(at),
    value: succeeded === (counts === "succeeded") ? 1 : 0,
  }));
}

/** When a term was last measured before `now`; undefined when it never was. */
export function lastMeasured(term: MeasuredTerm, now: Millis, every: Millis): Millis {
  const last = Math.min(now, endOf(term) - 1);
  return Math.max(wholeMinute(term.since), Math.floor(last / every) * every);
}

function measuringTimes(term: MeasuredTerm, { from, to }: Span, every: Millis): readonly Millis[] {
  const first = wholeMinute(term.since);
  const end = Math.min(to, endOf(term));
  const times: Millis[] = first >= from && first < end ? [first] : [];
  for (let at = Math.ceil(Math.max(from, term.since) / every) * every; at < end; at += every) {
    if (at !== first) times.push(at);
  }
  return times;
}

function endOf({ until, notAfter }: MeasuredTerm): Millis {
  return Math.min(until ?? Number.POSITIVE_INFINITY, notAfter);
}

function isOverdueAt({ overdueSince, overdueUntil }: MeasuredTerm, at: Millis): boolean {
  if (overdueSince === null || at < wholeMinute(overdueSince)) return false;
  return overdueUntil === null || at < wholeMinute(overdueUntil);
}

/** CloudWatch's finest standard resolution. */
function wholeMinute(at: Millis): Millis {
  return Math.floor(at / MINUTE) * MINUTE;
}
