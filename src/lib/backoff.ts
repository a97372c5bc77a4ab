import type { Millis } from "./duration.ts";

/** The pause before try number `attempts + 1`: doubling from `first`, never more than `most`. */
export function backoff(attempts: number, { first, most }: { readonly first: Millis; readonly most: Millis }): Millis {
  return Math.min(most, first * 2 ** Math.max(0, Math.min(attempts - 1, 40)));
}
