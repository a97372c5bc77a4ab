import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";

/** What a watch watches. */
export interface Watched {
  /** How long it may still take; 0 or less when it has taken too long. */
  timeLeft(): Millis;
  tooLate(): void;
}

/** Looks now and then at something whose deadline moves: cheaper than a timer that is set anew with every byte. */
export class Watch {
  readonly #watched: Watched;
  readonly #timers: Timers;
  #cancel: () => void = () => {};

  constructor(watched: Watched, timers: Timers) {
    this.#watched = watched;
    this.#timers = timers;
  }

  /** Looks again when the time that is left now is over, and before: it may become less. */
  look = (): void => {
    const left = this.#watched.timeLeft();
    if (left <= 0) return this.#watched.tooLate();
    this.#cancel();
    this.#cancel = this.#timers.after(Math.min(left, LONGEST_NAP), this.look);
  };

  stop(): void {
    this.#cancel();
  }
}

const LONGEST_NAP: Millis = 10 * SECOND;
