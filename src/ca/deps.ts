import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";
import type { Signers } from "./signers.ts";

/** What the CA works with. `signers` is made once per process: `new Signers({ root, caUrl })`. */
export interface CaDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signers: Signers;
}
