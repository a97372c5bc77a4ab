import type { GrantDeps } from "#custody/grants.ts";
import type { AddressRange } from "#domain/balancers/addresses.ts";
import type { BalancerQuotas } from "#domain/balancers/quotas.ts";
import type { Place } from "#domain/balancers/targets.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store } from "#store/store.ts";
import type { ObjectReader } from "./objects.ts";

/** What load balancers need of the rest. */
export interface BalancerDeps extends GrantDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The product's own zone, for example `sealkeeper.internal`. */
  readonly productZone: string;
  /** Where load balancers get their addresses from. */
  readonly balancerAddresses: AddressRange;
  /** What no load balancer may send requests to: what comes from this machine is trusted more there. */
  readonly isOwnPort?: (target: Place) => boolean;
  readonly balancerQuotas: BalancerQuotas;
  /** Where the files of trust stores are, in place of S3. */
  readonly readObject: ObjectReader;
  /** How others reach our API. */
  readonly publicUrl: string;
}
