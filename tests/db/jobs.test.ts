import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { enqueue } from "#jobs/queue.ts";
import { runDueJobs, type Task } from "#jobs/worker.ts";
import { claimJobs, deleteJob, extendLease, nextJobAt, releaseJobs } from "#store/jobs.ts";
import { openStore } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { testClock } from "../support/test-clock.ts";

describe.for(DATABASES)("jobs on $name", (database) => {
  const job = { task: "test.do", subject: "one" };
  const node = { holder: "node-1" };

  test("several processes may open and migrate one database at once", async () => {
    const url = await database.url();
    const open = `const { openStore } = await import("#store/store.ts"); await (await openStore(process.argv[1])).destroy()`;
    const run = promisify(execFile);
    await Promise.all([1, 2, 3].map(() => run(process.execPath, ["--input-type=module", "-e", open, url])));
    const store = await openStore(url);
    expect(await nextJobAt(store)).toBeUndefined();
    await store.destroy();
  });

  test("a job is promised if and only if the transaction commits", async () => {
    const store = await database.open();
    const failed = store.transaction().execute(async (tx) => {
      await enqueue(tx, job, new Date(1));
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await nextJobAt(store)).toBeUndefined();
    await store.transaction().execute((tx) => enqueue(tx, job, new Date(1)));
    expect(await nextJobAt(store)).toBe(1);
  });

  test("promising a job again moves it", async () => {
    const store = await database.open();
    await enqueue(store, job, new Date(100));
    await enqueue(store, job, new Date(50));
    expect(await claimJobs(store, { ...node, now: 60, leaseEnd: 1_000, limit: 10 })).toHaveLength(1);
    expect(await claimJobs(store, { ...node, now: 60, leaseEnd: 1_000, limit: 10 })).toHaveLength(0);
  });

  test("four workers share 200 jobs and none is done twice", async () => {
    const store = await database.open();
    for (let i = 0; i < 200; i++) await enqueue(store, { task: "t", subject: `${i}` }, new Date(0));
    const done: string[] = [];
    const worker = async (): Promise<void> => {
      for (;;) {
        const jobs = await claimJobs(store, { ...node, now: 10, leaseEnd: 1_000, limit: 7 });
        if (jobs.length === 0) return;
        for (const claimed of jobs) {
          done.push(claimed.subject);
          await deleteJob(store, claimed);
        }
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(done).toHaveLength(200);
    expect(new Set(done).size).toBe(200);
  });

  test("a job whose worker died is due again when its lease ends, and the dead worker's word no longer counts", async () => {
    const store = await database.open();
    await enqueue(store, job, new Date(0));
    const [lost] = await claimJobs(store, { ...node, now: 10, leaseEnd: 1_000, limit: 1 });
    expect(await claimJobs(store, { ...node, now: 999, leaseEnd: 2_000, limit: 1 })).toHaveLength(0);
    const [taken] = await claimJobs(store, { ...node, now: 1_000, leaseEnd: 2_000, limit: 1 });
    expect(taken?.attempts).toBe(2);
    await deleteJob(store, lost!);
    expect(await nextJobAt(store)).toBe(2_000);
  });

  test("a lease that is extended holds the job, unless it was promised anew meanwhile", async () => {
    const store = await database.open();
    await enqueue(store, job, new Date(0));
    const [held] = await claimJobs(store, { ...node, now: 10, leaseEnd: 1_000, limit: 1 });
    expect(await extendLease(store, held!, 2_000)).toBe(true);
    expect(await claimJobs(store, { ...node, now: 1_999, leaseEnd: 3_000, limit: 1 })).toHaveLength(0);
    expect(await extendLease(store, held!, 3_000)).toBe(false);
    await enqueue(store, job, new Date(20));
    expect(await extendLease(store, { ...held!, runAt: 2_000 }, 3_000)).toBe(false);
    expect(await nextJobAt(store)).toBe(20);
  });

  test("a job that takes longer than its lease stays with its worker, which extends it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const store = await database.open();
    const clock = testClock("2026-01-01T00:00:00Z");
    const [started, done] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
    const slow: Task = () => {
      started.resolve();
      return done.promise;
    };
    await enqueue(store, job, clock.now());
    const deps = { store, clock, node: "node-1", tasks: { "test.do": slow }, onError: () => {} };
    const working = runDueJobs(deps);
    await started.promise;
    const leaseEnd = (await nextJobAt(store)) ?? 0;
    clock.advance(5_000);
    vi.advanceTimersToNextTimer();
    await expect.poll(() => nextJobAt(store)).toBe(leaseEnd + 5_000);
    done.resolve(undefined);
    expect(await working).toBe(1);
    expect(await nextJobAt(store)).toBeUndefined();
  });

  test("a node that starts again takes up at once what it held when it died, and leaves alone what others hold", async () => {
    const store = await database.open();
    await enqueue(store, job, new Date(0));
    await enqueue(store, { ...job, subject: "other" }, new Date(0));
    expect(await claimJobs(store, { now: 10, leaseEnd: 1_000, limit: 1, holder: "node-1" })).toHaveLength(1);
    expect(await claimJobs(store, { now: 10, leaseEnd: 1_000, limit: 1, holder: "node-2" })).toHaveLength(1);
    await releaseJobs(store, "node-1", 20);
    expect(await claimJobs(store, { now: 20, leaseEnd: 1_000, limit: 9, holder: "node-1" })).toHaveLength(1);
  });

  test("a failing job is tried again with growing pauses, and its error is kept", async () => {
    const store = await database.open();
    const clock = testClock("2026-01-01T00:00:00Z");
    const errors: string[] = [];
    const broken: Task = () => Promise.reject(new Error("out of order"));
    const deps = {
      store,
      clock,
      node: "node-1",
      tasks: { "test.do": broken },
      onError: (_: unknown, error: unknown) => errors.push(String(error)),
    };
    await enqueue(store, job, clock.now());
    const pauses: number[] = [];
    for (let i = 0; i < 3; i++) {
      await runDueJobs(deps);
      const next = (await nextJobAt(store)) ?? 0;
      pauses.push(next - clock.now().getTime());
      clock.set(new Date(next));
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000]);
    expect(errors).toHaveLength(3);
    const row = await store.selectFrom("jobs").select("lastError").executeTakeFirstOrThrow();
    expect(row.lastError).toBe("out of order");
  });
});
