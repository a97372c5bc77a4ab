import { sql } from "kysely";
import { prepared } from "./prepared.ts";
import { type Db, isEmbedded, type Store } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A claimed job. It is its worker's for as long as nobody moved it: `runAt` is the end of the lease and the fence. */
export interface ClaimedJob {
  readonly task: string;
  readonly subject: string;
  readonly runAt: EpochMillis;
  readonly attempts: number;
}

/** Promises a job, or moves it to `runAt` and forgets earlier failures. */
export async function putJob(tx: Db, task: string, subject: string, runAt: EpochMillis): Promise<void> {
  await put(tx, task, subject, runAt);
}

const put = prepared((db, task: string, subject: string, runAt: EpochMillis) =>
  db
    .insertInto("jobs")
    .values({ task, subject, runAt, attempts: 0, lastError: null, holder: null })
    .onConflict((conflict) =>
      conflict
        .columns(["task", "subject"])
        .doUpdateSet((row) => ({ runAt: row.ref("excluded.runAt"), attempts: 0, lastError: null, holder: null })),
    ),
);

/**
 * Promises a job for `runAt` at the latest: one that waits and is due sooner stays as it is, one that is at work is done
 * again soon, because it may have looked already.
 */
export async function putJobBy(tx: Db, task: string, subject: string, runAt: EpochMillis): Promise<void> {
  await putBy(tx, task, subject, runAt);
}

const putBy = prepared((db, task: string, subject: string, runAt: EpochMillis) =>
  db
    .insertInto("jobs")
    .values({ task, subject, runAt, attempts: 0, lastError: null, holder: null })
    .onConflict((conflict) =>
      conflict
        .columns(["task", "subject"])
        .doUpdateSet({
          // Moving the end of a lease by anything takes the job from its worker.
          runAt: sql<number>`case when jobs.holder is null then excluded.run_at else jobs.run_at - 1 end`,
          holder: null,
        })
        .where((row) =>
          row.or([row("jobs.runAt", ">", row.ref("excluded.runAt")), row("jobs.holder", "is not", null)]),
        ),
    ),
);

/** Promises a job unless it is promised already, for whatever time. */
export async function putJobOnce(tx: Db, task: string, subject: string, runAt: EpochMillis): Promise<void> {
  await tx
    .insertInto("jobs")
    .values({ task, subject, runAt, attempts: 0, lastError: null, holder: null })
    .onConflict((conflict) => conflict.columns(["task", "subject"]).doNothing())
    .execute();
}

export interface Claim {
  readonly now: EpochMillis;
  readonly leaseEnd: EpochMillis;
  readonly limit: number;
  /** The name of the node that takes them; the same after a restart. */
  readonly holder: string;
  /** Only jobs of these tasks; of all unless given. */
  readonly tasks?: readonly string[];
}

/** Takes due jobs by moving their `runAt` to the end of a lease: when the worker dies they are simply due again. */
export function claimJobs(store: Store, { now, leaseEnd, limit, holder, tasks }: Claim): Promise<ClaimedJob[]> {
  return store
    .with("due", (query) =>
      query
        .selectFrom("jobs")
        .select(["task", "subject"])
        .where("runAt", "<=", now)
        .where((row) => (tasks ? row("task", "in", [...tasks]) : row.lit(true)))
        .orderBy("runAt")
        .limit(limit)
        .$if(!isEmbedded(store), (due) => due.forUpdate().skipLocked()),
    )
    .updateTable("jobs")
    .set((row) => ({ runAt: leaseEnd, attempts: row("attempts", "+", 1), holder }))
    .where((row) =>
      row(
        row.refTuple("task", "subject"),
        "in",
        row.selectFrom("due").select(["task", "subject"]).$asTuple("task", "subject"),
      ),
    )
    .returning(["task", "subject", "runAt", "attempts"])
    .execute();
}

/** Moves the end of a lease on. False when the job was moved meanwhile: it is no longer held. */
export async function extendLease(
  db: Db,
  { task, subject, runAt }: ClaimedJob,
  leaseEnd: EpochMillis,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("jobs")
    .set({ runAt: leaseEnd })
    .where("task", "=", task)
    .where("subject", "=", subject)
    .where("runAt", "=", runAt)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Ends a job, unless it was moved meanwhile. */
export async function deleteJob(db: Db, { task, subject, runAt }: ClaimedJob): Promise<void> {
  await remove(db, task, subject, runAt);
}

const remove = prepared((db, task: string, subject: string, runAt: EpochMillis) =>
  db.deleteFrom("jobs").where("task", "=", task).where("subject", "=", subject).where("runAt", "=", runAt),
);

/** Puts a job off, unless it was moved meanwhile. `error` is kept where it failed; a job that only rests starts afresh. */
export async function moveJob(
  db: Db,
  { task, subject, runAt }: ClaimedJob,
  to: EpochMillis,
  error?: string,
): Promise<void> {
  await db
    .updateTable("jobs")
    .set({
      runAt: to,
      holder: null,
      ...(error === undefined ? { attempts: 0, lastError: null } : { lastError: error }),
    })
    .where("task", "=", task)
    .where("subject", "=", subject)
    .where("runAt", "=", runAt)
    .execute();
}

/** Gives back what a node held when it died, so that nobody waits for the leases to end. For that node's next start. */
export async function releaseJobs(db: Db, holder: string, now: EpochMillis): Promise<void> {
  await db.updateTable("jobs").set({ runAt: now, holder: null }).where("holder", "=", holder).execute();
}

/** When the next job is due; undefined when none waits. */
export async function nextJobAt(db: Db): Promise<EpochMillis | undefined> {
  const row = await db.selectFrom("jobs").select("runAt").orderBy("runAt").limit(1).executeTakeFirst();
  return row?.runAt;
}

/** The last failure of a job that is still being tried. */
export async function findJobError(db: Db, task: string, subject: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("jobs")
    .select("lastError")
    .where("task", "=", task)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row?.lastError ?? undefined;
}
