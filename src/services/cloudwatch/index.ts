import * as sdk from "@aws-sdk/client-cloudwatch";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { EventRefusal } from "#domain/events/refusals.ts";
import { refusals } from "./errors.ts";
import { GetMetricData } from "./get-metric-data.ts";
import { GetMetricStatistics } from "./get-metric-statistics.ts";
import { ListMetrics } from "./list-metrics.ts";
import type { CloudWatchDeps } from "./operation.ts";
import { rules } from "./rules.ts";

/** Amazon CloudWatch. One file per operation; this is the list of them. */
export const cloudwatch: Service<typeof sdk, CloudWatchDeps, Extract<EventRefusal, "event-value-invalid">> = {
  name: "cloudwatch",
  sdk,
  facts: FACTS.cloudwatch,
  operations: { GetMetricData, GetMetricStatistics, ListMetrics },
  rules,
  refusals,
};
