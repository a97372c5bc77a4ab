import type { Journal } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";
import type { RootOfCustody } from "./root.ts";

/** What the keeping of keys needs inside somebody else's transaction. */
export interface Keeping {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly root: RootOfCustody;
}

/** What KMS's operations need. */
export interface Custody extends Keeping {
  readonly store: Store;
  readonly journal: Journal;
}
