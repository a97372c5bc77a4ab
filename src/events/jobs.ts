import { enqueue } from "#jobs/queue.ts";
import type { Tx } from "#store/store.ts";

/** The names of the jobs that bring events to those who listen. */
export const DELIVER_EVENTS = "event.deliver";
export const PURGE_EVENTS = "event.purge";
export const PURGE_METRICS = "metrics.purge";
export const REPLAY_EVENTS = "event.replay";

/** Promises to bring a target what it is to have of a lane. */
export async function promiseDelivery(tx: Tx, target: string, lane: string, at: Date): Promise<void> {
  await enqueue(tx, { task: DELIVER_EVENTS, subject: `${target} ${lane}` }, at);
}

/** The target and the lane of a delivery job; targets have no spaces. */
export function readDeliveryJob(subject: string): { readonly target: string; readonly lane: string } {
  const space = subject.indexOf(" ");
  return { target: subject.slice(0, space), lane: subject.slice(space + 1) };
}
