import { parseArn } from "#domain/arn.ts";
import { busEvent, type NewEvent } from "#domain/events/event.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { digest } from "#lib/keyed-hash.ts";
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
  const lane = laneOf(event) ?? id;
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

/**
 * What is delivered in order: what is about the same thing. Anybody may say of an event that it is about somebody else's,
 * and has a lane beside it then.
 */
function laneOf({ account, region, resources: [resource] }: NewEvent): string | undefined {
  if (resource === undefined) return undefined;
  const owner = resource.length <= LONGEST_LANE ? parseArn(resource) : undefined;
  if (owner?.account === account && owner.region === region) return resource;
  return `other:${digest(account, region, resource).toString("base64url")}`;
}

/** More than an ARN of ours has; an index of PostgreSQL has room for it. */
const LONGEST_LANE = 512;
