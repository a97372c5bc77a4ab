import { backoff } from "#lib/backoff.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { type ClaimedJob, claimJobs, deleteJob, extendLease, moveJob, releaseJobs } from "#store/jobs.ts";
import type { Store } from "#store/store.ts";

/** Does the work for one subject and answers when to look again; undefined when there is nothing more to do. */
export type Task = (subject: string) => Promise<Date | undefined>;

export interface WorkerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly tasks: Readonly<Record<string, Task>>;
  /** This node's name: no other has it at the same time, and it is the same after a restart. */
  readonly node: string;
  /** Told of every failure; the job is tried again with back-off. */
  readonly onError: (job: ClaimedJob, error: unknown) => void;
  /** Leaves jobs of other tasks to other workers; otherwise they fail. */
  readonly onlyOwnTasks?: boolean;
  /** How many jobs it does at a time. */
  readonly slots?: number;
}

/** Does everything that is due at this moment and answers how many jobs it ran. For tests, which move the clock. */
export async function runDueJobs(deps: WorkerDeps): Promise<number> {
  const jobs = await claim(deps.slots ?? SLOTS, deps);
  await Promise.all(jobs.map((job) => runJob(job, deps)));
  return jobs.length;
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
  const { slots = SLOTS } = deps;
  const atWork = new Set<Promise<void>>();
  const bell = newBell();
  let stopped = false;

  const begin = (job: ClaimedJob): void => {
    const work = runJob(job, deps)
      .catch(deps.onStoreError)
      .finally(() => {
        atWork.delete(work);
        bell.ring();
      });
    atWork.add(work);
  };
  const loop = async (): Promise<void> => {
    await releaseJobs(deps.store, deps.node, deps.clock.now().getTime()).catch(deps.onStoreError);
    while (!stopped) {
      const jobs = await claim(slots - atWork.size, deps).catch((error: unknown) => {
        deps.onStoreError(error);
        return [];
      });
      jobs.forEach(begin);
      if (jobs.length === 0 || atWork.size >= slots) await bell.rung(POLL);
    }
    await Promise.all(atWork);
  };
  const running = loop();
  return {
    wake: () => bell.ring(),
    async stop() {
      stopped = true;
      bell.ring();
      await running;
    },
  };
}

function claim(
  limit: number,
  { store, clock, node, tasks, onlyOwnTasks = false }: WorkerDeps,
): Promise<readonly ClaimedJob[]> {
  const now = clock.now();
  if (limit <= 0) return Promise.resolve([]);
  const leaseEnd = later(now, LEASE).getTime();
  const own = onlyOwnTasks ? { tasks: Object.keys(tasks) } : {};
  return claimJobs(store, { now: now.getTime(), leaseEnd, limit, holder: node, ...own });
}

async function runJob(job: ClaimedJob, { store, clock, tasks, onError }: WorkerDeps): Promise<void> {
  const lease = keepLease(job, { store, clock });
  try {
    const task = tasks[job.task];
    if (!task) throw new Error(`no task is called ${job.task}`);
    const again = await task(job.subject);
    const held = await lease.end();
    if (again) await moveJob(store, held, again.getTime());
    else await deleteJob(store, held);
  } catch (error) {
    onError(job, error);
    const message = error instanceof Error ? error.message : String(error);
    const pause = backoff(job.attempts, RETRY);
    await moveJob(store, await lease.end(), later(clock.now(), pause).getTime(), message);
  }
}

/** Extends a job's lease while it is worked on. `end` answers the job as it is held then. */
function keepLease(
  job: ClaimedJob,
  { store, clock }: Pick<WorkerDeps, "store" | "clock">,
): { end(): Promise<ClaimedJob> } {
  let held = job;
  const extend = async (): Promise<void> => {
    const runAt = later(clock.now(), LEASE).getTime();
    if (await extendLease(store, held, runAt)) held = { ...held, runAt };
  };
  let extending = Promise.resolve();
  const timer = setInterval(() => {
    // A lease that cannot be extended ends, as if we had died: others take over, which is harmless.
    extending = extending.then(extend).catch(() => {});
  }, LEASE / 3).unref();
  return {
    async end() {
      clearInterval(timer);
      await extending;
      return held;
    },
  };
}

/** Something that one side rings and the other waits for; a ring while nobody waits is not lost. */
function newBell(): { ring(): void; rung(atMost: Millis): Promise<void> } {
  let rang = false;
  let answer: (() => void) | undefined;
  return {
    ring() {
      rang = true;
      answer?.();
    },
    async rung(atMost) {
      if (!rang) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, atMost);
        answer = resolve;
        await promise;
        clearTimeout(timer);
        answer = undefined;
      }
      rang = false;
    },
  };
}

/** What a node held when it died is taken over by others after this long, by itself at its next start. */
const LEASE: Millis = 10 * SECOND;
const POLL: Millis = SECOND;
const SLOTS = 16;
const RETRY = { first: SECOND, most: HOUR };
