import type { Clock } from "#lib/clock.ts";
import { LogFailure } from "./answer.ts";
import type { OutsideLog } from "./log-list.ts";
import type { OutsideLogs } from "./outside-logs.ts";
import { isEnough, nextLog } from "./policy.ts";
import { type Submission, submit } from "./submit.ts";

/** Who has given a timestamp before, who can be asked, and what is done with answers. */
export interface Collecting {
  readonly held: readonly OutsideLog[];
  /** In the order in which they are asked. */
  readonly left: readonly OutsideLog[];
  /** Keeps a verified timestamp before it counts. */
  readonly onTimestamp: (log: OutsideLog, timestamp: Buffer) => Promise<void>;
  readonly onFailure: (log: OutsideLog, failure: LogFailure) => Promise<void>;
}

/**
 * Asks as many logs at once as the policy needs, another one for each that fails or takes long, and breaks the others off
 * once enough have answered. Answers whether they have. It takes no longer than one log may take and the pauses before
 * others are asked, of which there are no more than fit into that time.
 */
export async function collectTimestamps(
  submission: Submission,
  { held, left, onTimestamp, onFailure }: Collecting,
  { logs, clock }: { readonly logs: OutsideLogs; readonly clock: Clock },
): Promise<boolean> {
  const { policy, timers, hedge, patience } = logs;
  const end = new AbortController();
  const queue = [...left];
  const got = [...held];
  /** Asked, and not so long ago that another one is asked beside it. */
  const hoped = new Set<OutsideLog>();
  const running = new Set<Promise<void>>();
  let broken: unknown;
  let isDone = false;
  let bell = Promise.withResolvers<void>();

  const ask = async (log: OutsideLog): Promise<void> => {
    const slow = timers.after(hedge, () => {
      hoped.delete(log);
      bell.resolve();
    });
    try {
      const timestamp = await submit(log, submission, { logs, clock, patience, signal: end.signal });
      await onTimestamp(log, timestamp);
      got.push(log);
    } catch (error) {
      if (!(error instanceof LogFailure)) broken ??= error;
      else if (!isDone) await onFailure(log, end.signal.aborted ? new LogFailure("it did not answer in time") : error);
    } finally {
      slow();
      hoped.delete(log);
    }
  };
  /** Once the time is over nobody else is asked. */
  const next = (): OutsideLog | undefined =>
    end.signal.aborted ? undefined : nextLog([...got, ...hoped], queue, policy);
  const late = timers.after(patience + hedge, () => end.abort());
  try {
    for (;;) {
      if (broken !== undefined) throw broken;
      if (isEnough(got, policy)) return true;
      for (let log = next(); log; log = next()) {
        queue.splice(queue.indexOf(log), 1);
        hoped.add(log);
        const asked: Promise<void> = ask(log)
          .catch((error: unknown) => void (broken ??= error))
          .finally(() => {
            running.delete(asked);
            bell.resolve();
          });
        running.add(asked);
      }
      if (running.size === 0) return false;
      await bell.promise;
      bell = Promise.withResolvers();
    }
  } finally {
    isDone = true;
    late();
    end.abort();
    await Promise.all(running);
  }
}
