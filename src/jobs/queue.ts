import { putJob, putJobBy, putJobOnce } from "#store/jobs.ts";
import type { Db } from "#store/store.ts";

/** A job names a task and a subject, nothing else: the worker reads the present, never a stale copy. */
export interface Job {
  readonly task: string;
  readonly subject: string;
}

/**
 * Promises a job in the caller's transaction: the work is promised if and only if the change commits. There is at most
 * one job for a task and subject; promising it again moves it.
 */
export async function enqueue(tx: Db, job: Job, runAt: Date): Promise<void> {
  await putJob(tx, job.task, job.subject, runAt.getTime());
}

/** Promises a job for `runAt` at the latest: one that is due sooner is not moved. */
export async function enqueueBy(tx: Db, job: Job, runAt: Date): Promise<void> {
  await putJobBy(tx, job.task, job.subject, runAt.getTime());
}

/** Promises a job unless it is promised already, for whatever time. */
export async function enqueueOnce(tx: Db, job: Job, runAt: Date): Promise<void> {
  await putJobOnce(tx, job.task, job.subject, runAt.getTime());
}
