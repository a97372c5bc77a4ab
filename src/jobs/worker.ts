import { backoff } from "#lib/backoff.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { type ClaimedJob, claimJobs, deleteJob, moveJob } from "#store/jobs.ts";
import type { Store } from "#store/store.ts";

/** Does the work for one subject and answers when to look again; undefined when there is nothing more to do. */
export type Task = (subject: string) => Promise<Date | undefined>;

export interface WorkerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly tasks: Readonly<Record<string, Task>>;
  /** Told of every failure; the job is tried again with back-off. */
  readonly onError: (job: ClaimedJob, error: unknown) => void;
}

/** Does what is due, once: claims up to a batch and runs it. Answers how many jobs it ran. */
export async function runDueJobs(deps: WorkerDeps): Promise<number> {
  const now = deps.clock.now();
  const jobs = await claimJobs(deps.store, now.getTime(), later(now, LEASE).getTime(), BATCH);
  await Promise.all(jobs.map((job) => runJob(job, deps)));
  return jobs.length;
}

async function runJob(job: ClaimedJob, { store, clock, tasks, onError }: WorkerDeps): Promise<void> {
  try {
    const task = tasks[job.task];
    if (!task) throw new Error(`no task is called ${job.task}`);
    const again = await task(job.subject);
    if (again) await moveJob(store, job, again.getTime());
    else await deleteJob(store, job);
  } catch (error) {
    onError(job, error);
    const message = error instanceof Error ? error.message : String(error);
    await moveJob(store, job, later(clock.now(), backoff(job.attempts, RETRY)).getTime(), message);
  }
}

/** A worker that runs until it is stopped: it looks when woken, and once a second for what other nodes promised. */
export interface Worker {
  /** Look now: something was promised. */
  wake(): void;
  /** Takes no new job and waits for those at work. */
  stop(): Promise<void>;
}

/** Starts a worker. A store that fails is reported through `onStoreError` and asked again at the next look. */
export function startWorker(deps: WorkerDeps & { readonly onStoreError: (error: unknown) => void }): Worker {
  let stopped = false;
  let woken = false;
  let wake: () => void = () => {};
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (woken || stopped) wake();
    });
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      let ran = 0;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one batch after the other
        ran = await runDueJobs(deps);
      } catch (error) {
        deps.onStoreError(error);
      }
      // oxlint-disable-next-line no-await-in-loop -- rests until there is something to do
      if (ran === 0) await rest();
    }
  };
  const running = loop();
  return {
    wake() {
      woken = true;
      wake();
    },
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

const LEASE: Millis = 2 * MINUTE;
const POLL: Millis = SECOND;
const BATCH = 16;
const RETRY = { first: SECOND, most: HOUR };
