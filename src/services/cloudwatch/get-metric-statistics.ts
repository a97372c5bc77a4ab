import type * as sdk from "@aws-sdk/client-cloudwatch";
import { isStatistic, periods, type StatisticSet, statistic } from "#domain/metrics/statistics.ts";
import { readPoints, unitOf } from "#events/metrics.ts";
import { invalidCombination, invalidValue } from "./errors.ts";
import type { CloudWatchOperation } from "./operation.ts";
import { readPeriod, readSpan } from "./span.ts";
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
  const metric = readMetric(input);
  const unit = unitOf(metric);
  const measured = Unit === undefined || Unit === unit ? await readPoints(metric, caller, span, deps) : [];
  return {
    Label: MetricName,
    Datapoints: periods(measured, span.from, period).flatMap(({ start, sets }) => {
      const extended = statistics(ExtendedStatistics ?? [], sets);
      // Percentiles of values that were not kept: as if nothing had been measured.
      if (ExtendedStatistics && Object.keys(extended).length === 0) return [];
      return {
        Timestamp: new Date(start),
        Unit: unit,
        ...statistics(Statistics ?? [], sets),
        ...(ExtendedStatistics ? { ExtendedStatistics: extended } : {}),
      };
    }),
  };
};

function statistics(names: readonly string[], sets: readonly StatisticSet[]): Record<string, number> & sdk.Datapoint {
  return Object.fromEntries(
    names.flatMap((name): [string, number][] => {
      const value = statistic(name, sets);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html: datapoints of one call. */
const MOST = 1440;
