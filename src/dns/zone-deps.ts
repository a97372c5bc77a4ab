import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Store, Tx } from "#store/store.ts";
import type { ProductZone } from "./product-zone.ts";

/** What keeping zones needs. */
export interface ZoneDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly product: ProductZone;
  /**
   * Told, in the transaction of the change, at which names record sets were written or removed: as Route 53 shows them,
   * lower case with a dot at the end.
   */
  readonly onRecordsChanged: (tx: Tx, names: readonly string[]) => Promise<void>;
}

/** A fresh id as Route 53 makes them: `Z…` for a zone, `C…` for a change, 20 letters and digits. */
export function newZoneId(prefix: "Z" | "C", ids: Ids): string {
  return (
    prefix +
    BigInt(`0x${ids.hex(12)}`)
      .toString(36)
      .toUpperCase()
      .padStart(19, "0")
  );
}
