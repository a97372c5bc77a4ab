import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";

/**
 * The pause before a domain that is not proven yet is looked up again: at once lively, because people wait, later
 * gentle to other people's name servers. `attempts` counts the look-ups done, from 1.
 */
export function recheckAfter(attempts: number): Millis {
  return PAUSES[Math.min(Math.max(attempts, 1), PAUSES.length) - 1] ?? LONGEST;
}

const LONGEST: Millis = 5 * MINUTE;
const PAUSES: readonly Millis[] = [1, 2, 5, 10, 20, 30, 60, 60, 120, 120, 300].map((seconds) => seconds * SECOND);
