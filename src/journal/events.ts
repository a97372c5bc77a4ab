import { busEvent, type NewEvent } from "#domain/events/event.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { insertEvent, isAnybodyListening } from "#store/events.ts";
import { putJob } from "#store/jobs.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that decides who is to have the events of a lane. */
export const ROUTE_EVENTS = "event.route";

/**
 * Publishes an event in the transaction in which it happens: it is delivered at least once if and only if that commits.
 * Events of one resource are delivered in the order in which they were published, so whoever publishes holds what the
 * event is about (`holdCertificate`). Answers the event's id.
 */
export async function publishIn(
  tx: Tx,
  event: NewEvent,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): Promise<string> {
  const now = clock.now();
  const id = ids.uuid();
  const lane = event.resources[0] ?? id;
  const wanted = await isAnybodyListening(tx, event);
  await insertEvent(tx, {
    id,
    account: event.account,
    region: event.region,
    source: event.source,
    detailType: event.detailType,
    lane,
    at: now.getTime(),
    body: JSON.stringify(busEvent(event, id, now)),
    routed: wanted ? 0 : 1,
  });
  if (wanted) await putJob(tx, ROUTE_EVENTS, lane, now.getTime());
  return id;
}
