import type { Generated } from "kysely";
import type { EpochMillis, Fixed } from "./types.ts";

export interface MetricTables {
  /** What is measured of load balancers: a metric with its dimensions. */
  metricSeries: {
    id: Generated<number>;
    account: Fixed<string>;
    region: Fixed<string>;
    /** `AWS/ApplicationELB` or `AWS/NetworkELB`. */
    namespace: Fixed<string>;
    name: Fixed<string>;
    /** The dimension LoadBalancer, empty for none. */
    loadBalancer: Fixed<string>;
    /** The dimension TargetGroup, empty for none. */
    targetGroup: Fixed<string>;
    /** The last minute in which it was measured. */
    lastAt: EpochMillis;
  };
  /** A minute of a series, of all edges together. */
  metricPoints: {
    seriesId: Fixed<number>;
    at: Fixed<EpochMillis>;
    count: number;
    sum: number;
    least: number;
    most: number;
  };
}
