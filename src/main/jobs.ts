import type { CertificateArn } from "#domain/arn.ts";
import type { Fleet } from "#fleet/fleet.ts";
import { startWorker, type Worker } from "#jobs/worker.ts";
import { ADVANCE } from "#lifecycle/advance-job.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { proofNotes } from "./note-proofs.ts";
import { tasks } from "./tasks.ts";
import type { World } from "./world.ts";

interface JobDeps {
  readonly node: string;
  readonly fleet: Fleet;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Starts the worker of this node: what it does is counted, its failures are logged, and edges hear of it at once. */
export function startJobs(world: World, { node, fleet, log, metrics }: JobDeps): Worker {
  const noteProofs = proofNotes({ ...world, log });
  const counted = Object.entries(tasks(world)).map(([name, task]) => [
    name,
    async (subject: string) => {
      const again = await task(subject);
      if (name === ADVANCE) {
        await noteProofs(subject as CertificateArn).catch((error: unknown) =>
          log.warn({ err: error }, "no proof notes"),
        );
      }
      metrics.job(name, "done");
      fleet.wake();
      return again;
    },
  ]);
  return startWorker({
    ...world,
    node,
    tasks: Object.fromEntries(counted),
    onError: ({ task, subject, attempts }, error) => {
      metrics.job(task, "failed");
      log.error({ task, subject, attempts, err: error }, "a job failed and will be tried again");
    },
    onStoreError: (error) => log.error({ err: error }, "the job queue could not be read"),
  });
}
