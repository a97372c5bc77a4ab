import { ITEM_STATES, type ItemState } from "./item.ts";

/** Everything that is counted. */
export const TALLY_NAMES: readonly TallyName[] = [
  "pending",
  "started",
  "replacing",
  "settling",
  "done",
  "skipped",
  "left",
  "replaced",
  "revoked",
  "troubled",
];

/** How many certificates of a campaign are how far. */
export type Tally = Readonly<Record<TallyName, number>>;

export type TallyName = Lowercase<ItemState> | "replaced" | "revoked" | "troubled";

/** What is counted of one. */
export interface Counted {
  readonly state: ItemState;
  readonly replacedAt: number | null;
  readonly revokedAt: number | null;
  readonly problem: string | null;
}

/** The counts of these. `troubled` are those that wait and have a reason. */
export function tallyOf(items: readonly Counted[]): Tally {
  const tally = Object.fromEntries(TALLY_NAMES.map((name) => [name, 0])) as Record<TallyName, number>;
  for (const { state, replacedAt, revokedAt, problem } of items) {
    tally[state.toLowerCase() as Lowercase<ItemState>] += 1;
    if (replacedAt !== null) tally.replaced += 1;
    if (revokedAt !== null) tally.revoked += 1;
    if (problem !== null && (state === "REPLACING" || state === "SETTLING")) tally.troubled += 1;
  }
  return tally;
}

/** What changes in the counts when one certificate goes from `before` to `after`. */
export function tallyChange(before: Counted, after: Counted): Tally {
  return combine(tallyOf([after]), tallyOf([before]), -1);
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, tally) => combine(sum, tally, 1), tallyOf([]));
}

/** How many are in the campaign, and how many of them are still to be done. */
export function totalOf(tally: Tally): number {
  return ITEM_STATES.reduce((sum, state) => sum + tally[state.toLowerCase() as Lowercase<ItemState>], 0);
}

export function openOf({ pending, started, replacing, settling }: Tally): number {
  return pending + started + replacing + settling;
}

function combine(one: Tally, other: Tally, sign: 1 | -1): Tally {
  return Object.fromEntries(TALLY_NAMES.map((name) => [name, one[name] + sign * other[name]])) as Tally;
}
