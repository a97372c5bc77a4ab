import { DAY, type Millis } from "#lib/duration.ts";
import type { Machine } from "./machine.ts";
import { herdOf, type YearTally } from "./tally.ts";
import type { Violation } from "./watch.ts";

/** What came of a run. Nothing in it depends on the machine that ran it. */
export interface Report {
  readonly certificates: number;
  readonly years: number;
  readonly seed: number;
  readonly begin: Date;
  readonly end: Date;
  /** SHA-256 over everything that happened. */
  readonly trace: string;
  readonly events: number;
  /** How often the product's rules were asked. */
  readonly decisions: number;
  readonly byYear: readonly YearTally[];
  /** What was left of a certificate's life when it was renewed, at the least; undefined when none was. */
  readonly worstLead: Millis | undefined;
  /** The same where nothing had stood in the way. */
  readonly worstUndisturbedLead: Millis | undefined;
  /** Renewals for each day, from the first. */
  readonly renewals: readonly number[];
  readonly load: Load;
  /** The first of them. */
  readonly violations: readonly Violation[];
  readonly violationCount: number;
}

/** How evenly renewals are spread over the days. */
export interface Load {
  readonly mean: number;
  readonly peak: number;
  readonly peakDay: Date;
  /** The largest share of the certificates in use that came due on one day. */
  readonly herd: number;
  readonly herdDay: Date;
}

export function reportOf(
  { tally, trace, watch }: Machine,
  run: Pick<Report, "certificates" | "years" | "seed"> & { readonly begin: number; readonly end: number },
): Report {
  const days = Math.ceil((run.end - run.begin) / DAY);
  const renewals = [...tally.renewals.subarray(0, days)];
  const herds = renewals.map((_, day) => herdOf(tally, day));
  const peak = Math.max(...renewals);
  const herd = Math.max(...herds);
  const date = (day: number): Date => new Date(run.begin + day * DAY);
  const finite = (length: Millis): Millis | undefined => (Number.isFinite(length) ? length : undefined);
  return {
    ...run,
    begin: new Date(run.begin),
    end: new Date(run.end),
    trace: trace.end(),
    events: trace.count,
    decisions: tally.decisions,
    byYear: tally.years,
    worstLead: finite(tally.worstLead),
    worstUndisturbedLead: finite(tally.worstUndisturbedLead),
    renewals,
    load: {
      mean: renewals.reduce((sum, count) => sum + count, 0) / days,
      peak,
      peakDay: date(renewals.indexOf(peak)),
      herd,
      herdDay: date(herds.indexOf(herd)),
    },
    violations: watch.violations,
    violationCount: watch.count,
  };
}
