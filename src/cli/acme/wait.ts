import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "#lib/duration.ts";

/** Asks again and again until there is an answer; throws Late when there is none in time. */
export async function eventually<T>(
  what: string,
  within: Millis,
  ask: () => Promise<T | undefined>,
  every: Millis = 250,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= end) throw new Late(`waited ${Math.round(within / 1000)} s for ${what}`);
    await pause(every);
  }
}

export class Late extends Error {
  override readonly name = "Late";
}
