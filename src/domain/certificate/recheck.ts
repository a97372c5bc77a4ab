import { type Millis, SECOND } from "#lib/duration.ts";

/**
 * The pause before a domain that is not proven yet is looked up again: at once lively, because people wait, later
 * gentle to other people's name servers, and more so at a renewal, which has weeks. `attempts` counts the look-ups
 * done, from 1.
 */
export function recheckAfter(attempts: number, purpose: "ISSUE" | "RENEWAL" | "MIGRATION"): Millis {
  const pauses = PAUSES[purpose];
  return (pauses[Math.min(Math.max(attempts, 1), pauses.length) - 1] ?? 0) * SECOND;
}

const FIRST = [1, 2, 5, 10, 20, 30, 60, 60, 120, 120];
/** Every five minutes while somebody may sit and wait, as Terraform does for 75; then until 72 hours are over. */
const WAITING = [...FIRST, ...Array.from({ length: 15 }, () => 300), 600];
const PAUSES = { ISSUE: WAITING, MIGRATION: WAITING, RENEWAL: [...FIRST, 300, 600, 1800, 3600] };
