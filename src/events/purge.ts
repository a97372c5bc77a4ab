import type { Clock } from "#lib/clock.ts";
import { DAY, HOUR, later, type Millis } from "#lib/duration.ts";
import { deleteAcmeIssuancesBefore } from "#store/acme-issuances.ts";
import { deleteTermsBefore } from "#store/certificate-terms.ts";
import { deleteReplaysBefore } from "#store/event-archives.ts";
import { deleteEventsBefore } from "#store/events.ts";
import type { Store } from "#store/store.ts";

export interface PurgeDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** How long events are kept. */
  readonly eventsRetention: Millis;
}

/** The job "event.purge": forgets what is older than it is kept, a bounded number a turn. */
export async function purgeEvents({ store, clock, eventsRetention }: PurgeDeps): Promise<Date> {
  const now = clock.now();
  const before = (age: Millis): number => later(now, -age).getTime();
  const forgotten = [
    await deleteEventsBefore(store, before(eventsRetention), AT_ONCE),
    await deleteTermsBefore(store, before(METRICS), AT_ONCE),
    await deleteAcmeIssuancesBefore(store, before(METRICS), AT_ONCE),
    await deleteReplaysBefore(store, before(REPLAYS), AT_ONCE),
  ];
  return forgotten.some((count) => count >= AT_ONCE) ? now : later(now, HOUR);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html: 15 months. */
const METRICS: Millis = 455 * DAY;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html: replays are shown for 90 days. */
const REPLAYS: Millis = 90 * DAY;
const AT_ONCE = 500;
