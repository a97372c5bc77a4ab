import type { Clock } from "#lib/clock.ts";

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  set(time: Date): void;
  /** Moves on by milliseconds. */
  advance(by: number): void;
}

export function testClock(start: string | Date): TestClock {
  let now = new Date(start);
  return {
    now: () => now,
    set: (time) => {
      now = time;
    },
    advance: (by) => {
      now = new Date(now.getTime() + by);
    },
  };
}
