import type { Millis } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";

/**
 * A lease on all keys of an edge: without a word from the control plane for `length`, they are dropped, so that a grant
 * that was revoked meanwhile ends even where the network is cut.
 */
export interface KeyLease {
  /** Keys were dropped, and were not told anew since. */
  readonly hasEnded: boolean;
  /** The control plane said something. */
  contact(): void;
  /** Everything is being told anew. */
  renew(): void;
  stop(): void;
}

export interface LeaseDeps {
  /** Undefined: keys are kept for however long the control plane is silent. */
  readonly length: Millis | undefined;
  readonly timers: Timers;
  readonly onEnd: () => void;
  /** The control plane is heard again after the lease has ended: `hasEnded` is still true. */
  readonly onContact: () => void;
}

export function keepLease({ length, timers, onEnd, onContact }: LeaseDeps): KeyLease {
  if (length === undefined) return { hasEnded: false, contact: () => {}, renew: () => {}, stop: () => {} };
  let hasEnded = false;
  let cancel = (): void => {};
  const begin = (): void => {
    cancel = timers.after(length, () => {
      hasEnded = true;
      onEnd();
    });
  };
  begin();
  return {
    get hasEnded() {
      return hasEnded;
    },
    contact() {
      cancel();
      begin();
      if (hasEnded) onContact();
    },
    renew() {
      hasEnded = false;
    },
    stop: () => cancel(),
  };
}
