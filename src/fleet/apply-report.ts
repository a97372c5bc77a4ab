import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeMessage, ListenerReport, MetricSample } from "#domain/edge-messages.ts";
import type { Caller } from "#domain/names.ts";
import { enqueueBy } from "#jobs/queue.ts";
import type { Journal } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { FOLLOW_BALANCER, FOLLOW_DEPLOYMENT } from "#lifecycle/deployment-job.ts";
import { findAssociation } from "#store/certificate-associations.ts";
import { openDeployments } from "#store/deployments.ts";
import { isCarriedBy, presentCarriedBy } from "#store/edge-carriage.ts";
import { putListenerReports, putServing, putTargetReports, removeServing } from "#store/edge-reports.ts";
import { putRefusal, removeRefusals } from "#store/edge-sightings.ts";
import { findLoadBalancer } from "#store/load-balancers.ts";
import type { Store, Tx } from "#store/store.ts";

export interface ReportDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Takes what an edge measured in the minute that began at `at` (epoch milliseconds), of load balancers that it carries. */
  readonly onMetrics?: (edge: string, at: number, samples: readonly MetricSample[]) => Promise<void>;
  /** Hears where an edge listens for a load balancer that it carries. */
  readonly onListening?: (edge: string, loadBalancerArn: LoadBalancerArn, at: readonly ListenerReport[]) => void;
}

/** What an edge says of itself; `hello`, `ack`, `identity-wanted` and `heartbeat` are the link's own affair. */
export type EdgeReport = Exclude<EdgeMessage, { kind: "hello" | "ack" | "identity-wanted" | "heartbeat" }>;

/** Keeps what an edge reports of a load balancer that exists. */
export async function applyReport(report: EdgeReport, edge: EdgeCaller, deps: ReportDeps): Promise<void> {
  if (report.kind === "metrics") return applyMetrics(report, edge, deps);
  const { loadBalancerArn } = report;
  const whose = { edge: edge.name, loadBalancerArn, at: deps.clock.now().getTime() };
  switch (report.kind) {
    case "listening":
      return ofCarried(loadBalancerArn, edge, deps, async (tx) => {
        await putListenerReports(tx, whose, report.listeners);
        await enqueueBy(tx, { task: FOLLOW_BALANCER, subject: loadBalancerArn }, deps.clock.now());
        deps.onListening?.(edge.name, loadBalancerArn, report.listeners);
      });
    case "target-health":
      return ofCarried(loadBalancerArn, edge, deps, (tx) => putTargetReports(tx, whose, report.targets));
    case "serving":
      return ofCarried(loadBalancerArn, edge, deps, async (tx) => {
        await putServing(tx, whose, report.certificates);
        await followSoon(tx, loadBalancerArn, report.certificates, { edge: edge.name, now: deps.clock.now() });
      });
    case "cannot-serve":
      return ofCarried(loadBalancerArn, edge, deps, async (tx) => {
        const { certificateArn, serial, reason } = report;
        if (!(await findAssociation(tx, certificateArn, loadBalancerArn))) return;
        await putRefusal(tx, { certificateArn, loadBalancerArn, edge: edge.name, serial, reason, at: whose.at });
      });
    case "key-dropped":
      if (!(await removeServing(deps.store, whose, report.certificateArn))) return;
      deps.journal.note({
        account: edge.caller.account,
        region: edge.caller.region,
        principal: edge.caller.arn,
        accessKeyId: edge.caller.accessKeyId,
        eventSource: "edge.sealkeeper",
        eventName: "DropKey",
        resource: report.certificateArn,
        requestId: edge.caller.requestId,
      });
  }
}

/** An edge, by the name that its access key proves. */
export interface EdgeCaller {
  readonly name: string;
  readonly caller: Caller;
}

/** An edge serves versions whose deployment is followed: what it said against them is over, and it can be seen. */
async function followSoon(
  tx: Tx,
  loadBalancerArn: LoadBalancerArn,
  served: readonly { readonly certificateArn: CertificateArn; readonly serial: string }[],
  { edge, now }: { readonly edge: string; readonly now: Date },
): Promise<void> {
  const arns = served.map(({ certificateArn }) => certificateArn);
  for (const certificateArn of await openDeployments(tx, loadBalancerArn, arns)) {
    const serial = served.find((one) => one.certificateArn === certificateArn)?.serial ?? "";
    await removeRefusals(tx, { certificateArn, loadBalancerArn }, { edge, serial });
    await enqueueBy(tx, { task: FOLLOW_DEPLOYMENT, subject: certificateArn }, now);
  }
}

/** What was measured of load balancers that the edge carries. */
async function applyMetrics(
  { at, samples }: EdgeReport & { readonly kind: "metrics" },
  edge: EdgeCaller,
  { store, onMetrics }: ReportDeps,
): Promise<void> {
  if (!onMetrics) return;
  const named = [...new Set(samples.map(({ loadBalancerArn }) => loadBalancerArn))];
  const carried = await presentCarriedBy(store, edge.name, named);
  await onMetrics(
    edge.name,
    at,
    samples.filter(({ loadBalancerArn }) => carried.has(loadBalancerArn)),
  );
}

/**
 * An edge is believed only about load balancers that it carries; late reports of one that was deleted meanwhile would stay
 * for ever.
 */
async function ofCarried(
  loadBalancerArn: LoadBalancerArn,
  edge: EdgeCaller,
  { store }: ReportDeps,
  put: (tx: Tx) => Promise<void>,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    if ((await findLoadBalancer(tx, loadBalancerArn)) && (await isCarriedBy(tx, edge.name, loadBalancerArn)))
      await put(tx);
  });
}
