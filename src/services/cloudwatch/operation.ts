import type * as sdk from "@aws-sdk/client-cloudwatch";
import type { Operation, OperationName } from "#aws/service.ts";
import type { MetricDeps } from "#events/metrics.ts";

/** What CloudWatch's operations need: a store and a clock. */
export type CloudWatchDeps = MetricDeps;

export type CloudWatchOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, CloudWatchDeps>;
