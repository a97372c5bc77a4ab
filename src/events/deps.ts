import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Store } from "#store/store.ts";

/** What rules, targets and their kin need. */
export interface EventDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The root of custody, of which only this is used: secrets of connections are sealed under it. */
  readonly root: Sealing;
}

export interface Sealing {
  seal(plaintext: Uint8Array, purpose: string): Buffer;
  open(sealed: Uint8Array, purpose: string): PlaintextKey;
}
