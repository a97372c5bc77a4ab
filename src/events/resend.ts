import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import {
  type DeliveryKey,
  insertDelivery,
  pageDeliveries,
  readSubscribers,
  reviveDelivery,
} from "#store/event-deliveries.ts";
import { eventsAfter } from "#store/events.ts";
import type { Store } from "#store/store.ts";
import { promiseDelivery } from "./jobs.ts";

interface ResendDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Tries again whatever was given up; answers how many deliveries that are. */
export async function resendDead({ store, clock }: ResendDeps): Promise<number> {
  let count = 0;
  let after: Pick<DeliveryKey, "position" | "target"> = { position: 0, target: "" };
  for (;;) {
    const dead = await pageDeliveries(store, "DEAD", after, AT_ONCE);
    const now = clock.now();
    await store.transaction().execute(async (tx) => {
      for (const delivery of dead) {
        if (!(await reviveDelivery(tx, delivery, now.getTime()))) continue;
        await promiseDelivery(tx, delivery.target, delivery.lane, now);
        count++;
      }
    });
    const last = dead.at(-1);
    if (!last || dead.length < AT_ONCE) return count;
    after = last;
  }
}

/**
 * Sends every event that is kept from a time on once more to whom the settings name; answers how many. They keep their
 * order among each other, and hold nothing up.
 */
export async function resendSince(since: Date, { store, clock, ids }: ResendDeps): Promise<number> {
  const name = `again-${ids.hex(4)}`;
  const subscribers = await readSubscribers(store);
  const until = clock.now().getTime();
  let count = 0;
  let after = { at: since.getTime(), position: 0 };
  for (;;) {
    const events = await eventsAfter(store, after, until, AT_ONCE);
    const now = clock.now();
    await store.transaction().execute(async (tx) => {
      for (const { lane, position } of events) {
        for (const target of subscribers) {
          const again = `replay:${name}:${lane}`;
          await insertDelivery(tx, { target, lane: again, position }, now.getTime(), name);
          await promiseDelivery(tx, target, again, now);
        }
      }
    });
    count += events.length;
    const last = events.at(-1);
    if (!last || events.length < AT_ONCE) return count;
    after = { at: last.at, position: last.position };
  }
}

const AT_ONCE = 200;
