import type { Signers } from "#ca/signers.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";
import type { ObjectWriter } from "./audit-report.ts";

/** What private CAs work with. */
export interface PrivateCaDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signers: Signers;
  /** Where audit reports go, in place of S3. */
  readonly writeObject: ObjectWriter;
}
