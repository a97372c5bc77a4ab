import { nextTry, type Outcome, type RetryPolicy, STANDARD_RETRIES } from "#domain/events/retry.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import {
  claimDelivery,
  type Delivery,
  deleteDelivery,
  firstDelivery,
  recordFailedDelivery,
} from "#store/event-deliveries.ts";
import { findTarget } from "#store/event-rules.ts";
import {
  type ApiDestinationDeps,
  destinationOf,
  eventOf,
  sendToApiDestination,
  targetRetries,
} from "./api-destination.ts";
import type { Congestion } from "./congestion.ts";
import { readDeliveryJob } from "./jobs.ts";
import { sendToWebhook, type Webhook } from "./webhook.ts";

export interface DeliverDeps extends ApiDestinationDeps {
  /** The webhooks of the settings, by the target that they are in deliveries. */
  readonly webhooks: ReadonlyMap<string, Webhook>;
  /** Writes one line to standard output, where the settings say so. */
  readonly writeEvent: ((line: string) => Promise<void>) | undefined;
  readonly congestion: Congestion;
  /** Told of each try. */
  readonly onDelivery: (outcome: "taken" | "failed" | "dead", delivery: Delivery, problem?: string) => void;
}

/**
 * The job "event.deliver": brings a target what it is to have of a lane, one after the other. What is not taken is tried
 * again, and what comes behind it in its lane waits; what is given up is kept as dead and lets the next one through.
 * Only one at a time tries a delivery, on all nodes: the job may well be done twice at once. A process may die after an event was taken and before that was written down: then it is sent again.
 */
export async function deliverEvents(subject: string, deps: DeliverDeps): Promise<Date | undefined> {
  const { target, lane } = readDeliveryJob(subject);
  for (let count = 0; count < AT_ONCE; count++) {
    const delivery = await firstDelivery(deps.store, target, lane);
    if (!delivery) return undefined;
    if (delivery.nextAt > deps.clock.now().getTime()) return new Date(delivery.nextAt);
    const receiver = await receiverOf(target, deps);
    const place = deps.congestion.enter(target, deps.clock.now(), receiver.perSecond);
    if (place instanceof Date) return place;
    if (!(await claimDelivery(deps.store, delivery, later(deps.clock.now(), LEASE).getTime()))) {
      place.leave(true, deps.clock.now());
      continue;
    }
    let outcome: Outcome = { kind: "failed", problem: "it was not tried" };
    try {
      outcome = await receiver.send(delivery);
    } finally {
      place.leave(outcome.kind !== "failed", deps.clock.now());
    }
    const again = await record(delivery, outcome, receiver.retries, deps);
    if (again) return again;
  }
  return deps.clock.now();
}

/** Who is to have something, and how it is brought there. */
interface Receiver {
  readonly retries: RetryPolicy;
  readonly perSecond?: number;
  readonly send: (delivery: Delivery) => Promise<Outcome>;
}

async function receiverOf(target: string, deps: DeliverDeps): Promise<Receiver> {
  if (target === STDOUT) return { retries: STANDARD_RETRIES, send: (delivery) => write(delivery, deps) };
  if (target.startsWith(WEBHOOK)) {
    const webhook = deps.webhooks.get(target);
    return {
      retries: STANDARD_RETRIES,
      send: (delivery) =>
        webhook
          ? sendToWebhook(webhook, { id: delivery.id, body: textOf(delivery) }, deps.clock.now())
          : Promise.resolve({ kind: "failed", problem: "the settings of this node do not name this webhook" }),
    };
  }
  const row = await findTarget(deps.store, target);
  if (!row) return { retries: STANDARD_RETRIES, send: () => Promise.resolve({ kind: "taken" }) }; // nobody asks any more
  const destination = await destinationOf(row, deps);
  return {
    retries: targetRetries(row),
    ...(destination && { perSecond: destination.rateLimit }),
    send: (delivery) => sendToApiDestination(row, destination, delivery, deps),
  };
}

/** Writes down what came of a try; answers when to go on, or undefined for at once. */
async function record(
  delivery: Delivery,
  outcome: Outcome,
  retries: RetryPolicy,
  { store, clock, ids, onDelivery }: DeliverDeps,
): Promise<Date | undefined> {
  if (outcome.kind === "taken") {
    await deleteDelivery(store, delivery);
    onDelivery("taken", delivery);
    return undefined;
  }
  const attempts = delivery.attempts + 1;
  const retryAfter = outcome.kind === "failed" ? outcome.retryAfter : undefined;
  const tried = { attempts, since: new Date(delivery.since), retryAfter };
  const again =
    outcome.kind === "failed" ? nextTry(tried, retries, clock.now(), Number(`0x${ids.hex(2)}`) / 0x1_0000) : undefined;
  const lastError = outcome.problem.slice(0, 500);
  await recordFailedDelivery(store, delivery, { attempts, nextAt: again?.getTime(), lastError });
  onDelivery(again ? "failed" : "dead", delivery, lastError);
  return again;
}

async function write(delivery: Delivery, { writeEvent }: DeliverDeps): Promise<Outcome> {
  if (!writeEvent) return { kind: "failed", problem: "the settings of this node do not say events: stdout" };
  try {
    await writeEvent(`${textOf(delivery)}\n`);
    return { kind: "taken" };
  } catch (error) {
    return { kind: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}

function textOf(delivery: Delivery): string {
  return delivery.replay === "" ? delivery.body : JSON.stringify(eventOf(delivery));
}

/** The targets of the settings. */
export const STDOUT = "stdout";
export const WEBHOOK = "webhook:";
const AT_ONCE = 50;
/** Longer than any receiver is waited for. */
const LEASE: Millis = 15 * SECOND;
