import type { Millis } from "./duration.ts";

/** Things to be done later. Tests bring their own, so that nothing sleeps. */
export interface Timers {
  /** Does `act` once, `delay` from now, unless the answer is called before. */
  after(delay: Millis, act: () => void): () => void;
}

/** Real time. A timer alone does not keep the process alive. */
export const systemTimers: Timers = {
  after(delay, act) {
    const timer = setTimeout(act, delay).unref();
    return () => clearTimeout(timer);
  },
};
