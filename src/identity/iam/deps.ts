import type { RootOfCustody } from "#custody/root.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";

export interface IamDeps {
  readonly store: Store;
  readonly root: RootOfCustody;
  readonly clock: Clock;
  readonly ids: Ids;
}
