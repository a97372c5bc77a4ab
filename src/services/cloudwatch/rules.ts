import * as sdk from "@aws-sdk/client-cloudwatch";
import type { Rule, Rules } from "#aws/rules.ts";

const name: Rule = { min: 1, max: 255 };

/** What CloudWatch asks of its members beyond their types (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference). */
export const rules: Rules = {
  AccountId: name,
  "Dimension.Name": name,
  "Dimension.Value": { min: 1, max: 1024 },
  "DimensionFilter.Name": name,
  "DimensionFilter.Value": { min: 1, max: 1024 },
  "GetMetricStatisticsInput.Dimensions": { max: 30 },
  "ListMetricsInput.Dimensions": { max: 10 },
  "Metric.Dimensions": { max: 30 },
  Expression: { min: 1, max: 2048 },
  ExtendedStatistics: { min: 1, max: 10 },
  Id: { min: 1, max: 255, pattern: /^[a-z][a-zA-Z0-9_]*$/ },
  MaxDatapoints: { min: 1, max: 100_800 },
  MetricDataQueries: { max: 500 },
  MetricName: name,
  Namespace: { min: 1, max: 255, pattern: /^[^:].*/ },
  OwningAccount: name,
  Period: { min: 1 },
  RecentlyActive: { oneOf: sdk.RecentlyActive },
  ScanBy: { oneOf: sdk.ScanBy },
  Statistics: { min: 1, max: 5, each: { oneOf: sdk.Statistic } },
  Unit: { oneOf: sdk.StandardUnit },
};
