import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { CallEntry } from "#aws/gateway.ts";
import type { MetricSample } from "#domain/edge-messages.ts";
import { balancerMetricUnit, measuredBalancer } from "#domain/metrics/balancer-metrics.ts";
import type { Store } from "#store/store.ts";
import { expiryGauges } from "./expiry-gauges.ts";
import { outsideLogGauges } from "./outside-log-gauges.ts";
import { rehearsalGauges } from "./rehearsal-gauges.ts";

/** What `/metrics` tells Prometheus. */
export interface Metrics {
  call(entry: CallEntry): void;
  job(task: string, outcome: "done" | "failed"): void;
  delivery(outcome: "taken" | "failed" | "dead"): void;
  /** What an edge counted of load balancers in a minute. */
  balancers(samples: readonly MetricSample[]): void;
  /** The text that Prometheus scrapes, and its content type. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

export function openMetrics(store: Store): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  expiryGauges(registry, store);
  outsideLogGauges(registry, store);
  rehearsalGauges(registry, store);
  const calls = new Histogram({
    name: "sealkeeper_api_call_seconds",
    help: "AWS API calls by service, operation and status",
    labelNames: ["service", "operation", "status"],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers: [registry],
  });
  const jobs = new Counter({
    name: "sealkeeper_jobs_total",
    help: "Background jobs by task and outcome",
    labelNames: ["task", "outcome"],
    registers: [registry],
  });
  const deliveries = new Counter({
    name: "sealkeeper_event_deliveries_total",
    help: "Tries to deliver an event by outcome; dead: given up",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const sums = new Counter({
    name: "sealkeeper_load_balancer_sum_total",
    help: "What load balancers counted, all together, by CloudWatch's name; as the edges of this node told it",
    labelNames: ["metric"],
    registers: [registry],
  });
  const counts = new Counter({
    name: "sealkeeper_load_balancer_samples_total",
    help: "How many values that was",
    labelNames: ["metric"],
    registers: [registry],
  });
  return {
    balancers(samples) {
      for (const { loadBalancerArn, targetGroupArn, name, count, sum } of samples) {
        const namespace = measuredBalancer(loadBalancerArn)?.namespace ?? "";
        // What a target group counted its load balancer counted as well, and what is measured now and then adds up to nothing.
        if (sum < 0 || GAUGES.test(name) || balancerMetricUnit(namespace, name) === undefined) continue;
        if (targetGroupArn !== undefined) continue;
        sums.inc({ metric: name }, sum);
        counts.inc({ metric: name }, count);
      }
    },
    call: ({ service = "none", operation = "none", status, ms }) =>
      calls.observe({ service, operation, status: String(status) }, ms / 1000),
    job: (task, outcome) => jobs.inc({ task, outcome }),
    delivery: (outcome) => deliveries.inc({ outcome }),
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** Values of a moment, not of what happened since the last one. */
const GAUGES = /^(Active|PeakPackets|RequestCountPerTarget)|HostCount$/;
