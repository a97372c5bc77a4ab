import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";

/** What networks need of the rest. */
export interface NetworkDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}
