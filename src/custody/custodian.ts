import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { putCustodyNode, removeCustodyNode } from "#store/custody-roots.ts";
import type { Store } from "#store/store.ts";
import type { KeyRing, RingState } from "./key-ring.ts";

export interface CustodianDeps {
  readonly ring: KeyRing;
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Tells this node from others. */
  readonly node: string;
  readonly onError: (error: unknown) => void;
}

/** Keeps a node's custody keys those of the store, and tells the store that it does. */
export interface Custodian {
  stop(): Promise<void>;
}

/**
 * Looks every few seconds which custody keys there are, and writes down what this node knows of them, so that who replaces
 * a key knows when all have learned it. A node that could not look for `SEAL_LEASE` seals nothing more until it can: what
 * it sealed might be under a key that is destroyed meanwhile. Commands that seal something are nodes, too, while they run.
 */
export async function startCustodian({ ring, store, clock, timers, node, onError }: CustodianDeps): Promise<Custodian> {
  let told: { readonly state: RingState; readonly at: number } | undefined;
  let stopped = false;
  let cancel = (): void => {};
  const look = async (): Promise<void> => {
    const state = await ring.refresh();
    const now = clock.now();
    const { newest, sealing } = state;
    const same = told?.state.newest === newest && told.state.sealing === sealing;
    if (same && now.getTime() - (told?.at ?? 0) < TELL) return;
    await putCustodyNode(store, { node, root: ring.rootFingerprint, newest, sealing }, now);
    told = { state, at: now.getTime() };
  };
  await look();
  // A key that came into force before this node was written down was not waited for: looked at again, it is known.
  await look();
  ring.holdFor(SEAL_LEASE);
  let looking = Promise.resolve();
  const next = (): void => {
    if (stopped) return;
    cancel = timers.after(LOOK, () => {
      looking = look().catch(onError).finally(next);
    });
  };
  next();
  return {
    async stop() {
      stopped = true;
      cancel();
      await looking;
      await removeCustodyNode(store, node);
    },
  };
}

/** How long a node seals after it last looked. */
export const SEAL_LEASE: Millis = MINUTE;
const LOOK: Millis = 5 * SECOND;
const TELL: Millis = 20 * SECOND;
/** A node that has not told for so long has no lease any more; clocks may differ by some seconds. */
export const NODE_GONE: Millis = 2 * MINUTE;
