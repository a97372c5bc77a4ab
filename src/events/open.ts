import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { replaceSubscribers } from "#store/event-deliveries.ts";
import type { Store } from "#store/store.ts";
import { PURGE_EVENTS, PURGE_METRICS } from "./jobs.ts";

/** Lets these targets have every event from now on, as the settings say, and keeps what is kept within its time. */
export async function openEvents(
  targets: readonly string[],
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    await replaceSubscribers(tx, targets);
    await enqueue(tx, { task: PURGE_EVENTS, subject: "events" }, clock.now());
    await enqueue(tx, { task: PURGE_METRICS, subject: "metrics" }, clock.now());
  });
}
