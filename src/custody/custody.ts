import type { Journal } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store, Tx } from "#store/store.ts";
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
  /** Told of every grant that is given back or taken away through KMS, in the same transaction. */
  readonly onGrantEnded: (tx: Tx, grantId: string) => Promise<void>;
}
