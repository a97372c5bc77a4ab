import { DAY, type Millis } from "#lib/duration.ts";

/** What is counted for each year. */
export const COUNTED = [
  "requested",
  "issued",
  "renewed",
  "timedOut",
  "expiredInUse",
  "expiredUnused",
  "revoked",
  "deleted",
] as const;

export type Counted = (typeof COUNTED)[number];

export type YearTally = Record<Counted, number> & { readonly year: number };

/** Counts what happens. */
export interface Tally {
  /** Decisions of the product's rules. */
  decisions: number;
  readonly years: readonly YearTally[];
  /** Renewals for each day. */
  readonly renewals: Uint32Array;
  /** Those that began on a day because their time had come, not because something was mended. */
  readonly due: Uint32Array;
  /** Certificates in use at the end of each day. */
  readonly inUse: Uint32Array;
  /** The shortest time that was left when a certificate was renewed; and where nothing had stood in the way. */
  worstLead: Millis;
  worstUndisturbedLead: Millis;
  count(what: Counted, now: number): void;
  dayOf(now: number): number;
}

export function newTally(begin: number, end: number): Tally {
  const days = Math.ceil((end - begin) / DAY) + 1;
  const [first, last] = [new Date(begin).getUTCFullYear(), new Date(end - 1).getUTCFullYear()];
  const years = Array.from({ length: last - first + 1 }, (_, index) => newYear(first + index));
  const starts = years.map(({ year }) => Date.UTC(year, 0));
  return {
    decisions: 0,
    years,
    renewals: new Uint32Array(days),
    due: new Uint32Array(days),
    inUse: new Uint32Array(days),
    worstLead: Number.POSITIVE_INFINITY,
    worstUndisturbedLead: Number.POSITIVE_INFINITY,
    count(what, now) {
      const year = years[starts.findLastIndex((start) => start <= now)] ?? years[0];
      if (year) year[what] += 1;
    },
    dayOf: (now) => Math.floor((now - begin) / DAY),
  };
}

/** Which share of the certificates in use came due on a day; 0 while they are too few to speak of shares. */
export function herdOf({ due, inUse }: Tally, day: number): number {
  const used = inUse[day] ?? 0;
  return used < FEW ? 0 : (due[day] ?? 0) / used;
}

function newYear(year: number): YearTally {
  const none = Object.fromEntries(COUNTED.map((what) => [what, 0])) as Record<Counted, number>;
  return { year, ...none };
}

const FEW = 400;
