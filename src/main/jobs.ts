import type { CertificateArn } from "#domain/arn.ts";
import { Congestion } from "#events/congestion.ts";
import { type DeliverDeps, deliverEvents } from "#events/deliver.ts";
import { DELIVER_EVENTS } from "#events/jobs.ts";
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

/** Starts the workers of this node: what they do is counted, their failures are logged, and edges hear of it at once. */
export function startJobs(world: World, deps: JobDeps): Worker {
  const deliveries = startDeliveries(world, deps);
  const work = startWork(world, deps, () => deliveries.wake());
  return {
    wake() {
      work.wake();
      deliveries.wake();
    },
    async stop() {
      await Promise.all([work.stop(), deliveries.stop()]);
    },
  };
}

/** Receivers of events are others' machines and may be slow: they have a worker of their own. */
function startDeliveries(world: World, { node, log, metrics }: JobDeps): Worker {
  const deps = {
    ...world,
    ...world.events,
    congestion: new Congestion(),
    onDelivery: ((outcome, { target, lane, id, attempts }, problem) => {
      metrics.delivery(outcome);
      if (outcome === "taken") log.debug({ target, lane, event: id }, "an event was delivered");
      else log[outcome === "dead" ? "error" : "warn"]({ target, lane, event: id, attempts, problem }, TELL[outcome]);
    }) satisfies DeliverDeps["onDelivery"],
  };
  return startWorker({
    ...world,
    node: `${node}/deliveries`,
    onlyOwnTasks: true,
    slots: 8,
    tasks: { [DELIVER_EVENTS]: (lane) => deliverEvents(lane, deps) },
    ...complaints({ log, metrics }),
  });
}

const TELL = {
  failed: "an event was not delivered and will be tried again",
  dead: "an event was not delivered and is given up; `sealkeeper events --undelivered` shows it",
} as const;

function startWork(world: World, { node, fleet, log, metrics }: JobDeps, onDone: () => void): Worker {
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
      onDone();
      return again;
    },
  ]);
  return startWorker({
    ...world,
    node,
    onlyOwnTasks: true,
    tasks: Object.fromEntries(counted),
    ...complaints({ log, metrics }),
  });
}

function complaints({
  log,
  metrics,
}: Pick<JobDeps, "log" | "metrics">): Pick<Parameters<typeof startWorker>[0], "onError" | "onStoreError"> {
  return {
    onError: ({ task, subject, attempts }, error) => {
      metrics.job(task, "failed");
      log.error({ task, subject, attempts, err: error }, "a job failed and will be tried again");
    },
    onStoreError: (error) => log.error({ err: error }, "the job queue could not be read"),
  };
}
