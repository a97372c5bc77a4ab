import { matches } from "#domain/events/match.ts";
import { type EventPattern, parsePattern } from "#domain/events/pattern.ts";
import type { Clock } from "#lib/clock.ts";
import { insertDelivery, readSubscribers } from "#store/event-deliveries.ts";
import { listeningTargets } from "#store/event-rules.ts";
import { markRouted, type StoredEvent, unroutedEvents } from "#store/events.ts";
import type { Db, Store } from "#store/store.ts";
import { promiseDelivery } from "./jobs.ts";

interface RouteDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * The job "event.route": decides who is to have the events of a lane, in their order, and promises the deliveries in the
 * same commit.
 */
export async function routeEvents(lane: string, { store, clock }: RouteDeps): Promise<Date | undefined> {
  const events = await unroutedEvents(store, lane, AT_ONCE);
  const now = clock.now();
  for (const event of events) {
    const targets = [...(await readSubscribers(store)), ...(await targetsOf(store, event, JSON.parse(event.body)))];
    await store.transaction().execute(async (tx) => {
      if (!(await markRouted(tx, event.position))) return;
      for (const target of targets) {
        await insertDelivery(tx, { target, lane, position: event.position }, now.getTime(), "");
        await promiseDelivery(tx, target, lane, now);
      }
    });
  }
  return events.length === AT_ONCE ? now : undefined;
}

/** The keys of the targets whose rules want this; only of `rules` where they are given. */
export async function targetsOf(
  db: Db,
  owner: Pick<StoredEvent, "account" | "region">,
  event: Readonly<Record<string, unknown>>,
  rules?: readonly string[],
): Promise<readonly string[]> {
  const listening = await listeningTargets(db, owner);
  const verdicts = new Map<string, boolean>();
  return listening.flatMap(({ key, rule, pattern }) => {
    if (rules && !rules.includes(rule)) return [];
    const verdict = verdicts.get(rule) ?? matches(compiled(pattern), event);
    verdicts.set(rule, verdict);
    return verdict ? [key] : [];
  });
}

/** Patterns are parsed once; the oldest are forgotten. */
function compiled(text: string): EventPattern {
  const known = COMPILED.get(text);
  if (known) return known;
  const pattern = parsePattern(text);
  COMPILED.set(text, pattern);
  for (const oldest of COMPILED.keys()) if (COMPILED.size > MOST_COMPILED) COMPILED.delete(oldest);
  return pattern;
}

const COMPILED = new Map<string, EventPattern>();
const MOST_COMPILED = 1000;
const AT_ONCE = 50;
