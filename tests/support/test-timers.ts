import type { Timers } from "#lib/timers.ts";
import type { TestClock } from "./test-clock.ts";

/** Timers that ring when their clock is moved by `advance`, in their order, and never by themselves. */
export interface TestTimers extends Timers {
  /** Moves the clock on by milliseconds, and rings what is due on the way. */
  readonly advance: (by: number) => void;
  /** How many are set. */
  readonly waiting: number;
}

export function testTimers(clock: TestClock): TestTimers {
  const rings = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    after(delay, act) {
      const ring = { at: clock.now().getTime() + delay, act };
      rings.add(ring);
      return () => void rings.delete(ring);
    },
    advance(by) {
      const end = clock.now().getTime() + by;
      for (;;) {
        const next = [...rings].toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        rings.delete(next);
        clock.set(new Date(next.at));
        next.act();
      }
      clock.set(new Date(end));
    },
    get waiting() {
      return rings.size;
    },
  };
}
