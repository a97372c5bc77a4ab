import { renewalTime } from "#domain/certificate/renewal.ts";
import { HOUR } from "#lib/duration.ts";
import type { Machine } from "./machine.ts";
import { PROMPTLY } from "./scenario.ts";
import { arnOf, type Slot } from "./slot.ts";
import { worksSince } from "./systems.ts";

/** Something that must never happen, and happened. */
export interface Violation {
  readonly at: Date;
  /** The number of the slot, to follow it when the same is run again; undefined for what is no certificate's. */
  readonly slot: number | undefined;
  readonly what: string;
}

export interface Watch {
  readonly violations: readonly Violation[];
  readonly count: number;
  report(slot: Slot | undefined, now: number, what: string): void;
}

/** Keeps the first violations and counts all. */
export function newWatch(): Watch {
  const violations: Violation[] = [];
  let count = 0;
  return {
    violations,
    get count() {
      return count;
    },
    report(slot, now, what) {
      count += 1;
      const shown = slot ? `${arnOf(slot)} ${what}` : what;
      if (violations.length < MOST_KEPT) violations.push({ at: new Date(now), slot: slot?.number, what: shown });
    },
  };
}

/** Since when a certificate could have been renewed; undefined while it need not, or cannot, be. */
export function renewableSince(slot: Slot, { now, scenario, systems }: Machine): number | undefined {
  const { facts, provableSince, usedSince } = slot;
  if (facts?.status !== "ISSUED" || !facts.inUse || !facts.validity) return undefined;
  const due = facts.renewAt ?? renewalTime(facts.validity, scenario.policy, facts.spread);
  const since = Math.max(due.getTime(), provableSince, usedSince, worksSince(slot, systems));
  return since < now ? since : undefined;
}

/**
 * To be asked whenever a renewal ceases to be possible: its record goes, something breaks, or its time is over. It must
 * not have been possible for longer than a renewal takes.
 */
export function checkPrompt(slot: Slot, machine: Machine): void {
  const since = renewableSince(slot, machine);
  if (since === undefined || machine.now - since <= PROMPTLY) return;
  const hours = Math.round((machine.now - since) / HOUR);
  const what = `was not renewed although everything it needs worked for ${hours} hours`;
  machine.watch.report(slot, machine.now, what);
}

const MOST_KEPT = 20;
