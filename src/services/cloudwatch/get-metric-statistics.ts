import type * as sdk from "@aws-sdk/client-cloudwatch";
import { isStatistic, periods, statistic } from "#domain/metrics/statistics.ts";
import { readPoints } from "#events/metrics.ts";
import { invalidCombination, invalidValue } from "./errors.ts";
import type { CloudWatchOperation } from "./operation.ts";
import { readPeriod, readSpan, UNIT } from "./span.ts";
import { readMetric } from "./wire.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export const GetMetricStatistics: CloudWatchOperation<"GetMetricStatistics"> = async (input, caller, deps) => {
  const { MetricName, StartTime, EndTime, Statistics, ExtendedStatistics, Unit } = input;
  if ((Statistics === undefined) === (ExtendedStatistics === undefined)) {
    throw invalidCombination("Exactly one of the parameters Statistics and ExtendedStatistics must be specified.");
  }
  const unknown = ExtendedStatistics?.find((name) => !isStatistic(name));
  if (unknown !== undefined)
    throw invalidValue(`The value ${unknown} for parameter ExtendedStatistics is not supported.`);
  const span = readSpan(StartTime, EndTime, deps.clock.now());
  const period = readPeriod(input.Period);
  const most = Math.ceil((span.to - span.from) / period);
  if (most > MOST) {
    throw invalidCombination(
      `You have requested up to ${most} datapoints, which exceeds the limit of ${MOST}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const points = Unit === undefined || Unit === UNIT ? await readPoints(readMetric(input), caller, span, deps) : [];
  return {
    Label: MetricName,
    Datapoints: periods(points, span.from, period).map(({ start, values }) => ({
      Timestamp: new Date(start),
      Unit: UNIT,
      ...statistics(Statistics ?? [], values),
      ...(ExtendedStatistics ? { ExtendedStatistics: statistics(ExtendedStatistics, values) } : {}),
    })),
  };
};

function statistics(names: readonly string[], values: readonly number[]): Record<string, number> & sdk.Datapoint {
  return Object.fromEntries(names.map((name) => [name, statistic(name, values) ?? 0]));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html: datapoints of one call. */
const MOST = 1440;
