import type * as sdk from "@aws-sdk/client-cloudwatch";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { Span } from "#domain/metrics/series.ts";
import { isStatistic, periods, statistic } from "#domain/metrics/statistics.ts";
import type { Caller } from "#domain/names.ts";
import { readPoints, unitOf } from "#events/metrics.ts";
import type { CloudWatchDeps, CloudWatchOperation } from "./operation.ts";
import { readPeriod, readSpan } from "./span.ts";
import { readMetric } from "./wire.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export const GetMetricData: CloudWatchOperation<"GetMetricData"> = async (input, caller, deps) => {
  const { MetricDataQueries, StartTime, EndTime, ScanBy = "TimestampDescending", MaxDatapoints = MOST } = input;
  checkQueries(MetricDataQueries, caller);
  const span = readSpan(StartTime, EndTime, deps.clock.now());
  const series: Series[] = [];
  for (const query of MetricDataQueries) {
    if (query.ReturnData !== false) series.push(await answer(query, span, ScanBy, caller, deps));
  }
  const { page, next } = cut(series, readOffset(input.NextToken), MaxDatapoints);
  return {
    MetricDataResults: page.map(({ id, label, points, isWhole }) => ({
      Id: id,
      Label: label,
      Timestamps: points.map(({ at }) => new Date(at)),
      Values: points.map(({ value }) => value),
      StatusCode: isWhole ? "Complete" : "PartialData",
    })),
    Messages: [],
    ...(next === undefined ? {} : { NextToken: writeOffset(next) }),
  };
};

type Query = InputOf<typeof sdk, "GetMetricData">["MetricDataQueries"][number];

interface Series {
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** What CloudWatch has and this does not is refused. Throws ValidationError. */
function checkQueries(queries: readonly Query[], caller: Caller): void {
  for (const { Id, Expression, MetricStat, AccountId } of queries) {
    if (Expression !== undefined) {
      throw wrong(`Error in expression '${Id}': expressions (metric math, Metrics Insights) are not supported.`);
    }
    if (!MetricStat) throw wrong(`The query '${Id}' needs the parameter MetricStat.`);
    if (AccountId !== undefined && AccountId !== caller.account) {
      throw wrong(`The query '${Id}' asks for account ${AccountId}; only metrics of ${caller.account} are here.`);
    }
    if (!isStatistic(MetricStat.Stat)) {
      throw wrong(
        `The value ${MetricStat.Stat} for parameter MetricDataQueries.member.MetricStat.Stat is not supported.`,
      );
    }
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw wrong("The values for parameter id in MetricDataQueries are not unique.");
  }
}

async function answer(
  { Id, Label, MetricStat }: Query,
  span: Span,
  order: string,
  caller: Caller,
  deps: CloudWatchDeps,
): Promise<Series> {
  const { Metric, Period = 60, Stat = "", Unit } = MetricStat ?? {};
  const period = readPeriod(Period);
  // Periods begin where the clock says, so that every call puts a measurement into the same one.
  const from = Math.floor(span.from / period) * period;
  const metric = Metric && readMetric(Metric);
  const asked = metric && (Unit === undefined || Unit === unitOf(metric)) ? metric : undefined;
  const measured = asked ? await readPoints(asked, caller, { from, to: span.to }, deps) : [];
  // A percentile of values that were not kept is left out, as if nothing had been measured.
  const points = periods(measured, from, period).flatMap(({ start, sets }) => {
    const value = statistic(Stat, sets);
    return value === undefined ? [] : [{ at: start, value }];
  });
  return {
    id: Id,
    label: Label ?? Metric?.MetricName ?? Id,
    points: order === "TimestampAscending" ? points : points.toReversed(),
  };
}

/** What of all that was found belongs to one page. */
function cut(
  series: readonly Series[],
  offset: number,
  most: number,
): { readonly page: readonly (Series & { readonly isWhole: boolean })[]; readonly next: number | undefined } {
  let before = 0;
  const page = series.map((each) => {
    const start = Math.max(0, offset - before);
    const end = Math.min(each.points.length, Math.max(0, offset + most - before));
    before += each.points.length;
    return { ...each, points: each.points.slice(start, end), isWhole: end === each.points.length };
  });
  return { page, next: before > offset + most ? offset + most : undefined };
}

function writeOffset(offset: number): string {
  return Buffer.from(String(offset)).toString("base64url");
}

function readOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = Buffer.from(token, "base64url").toString();
  if (!/^\d{1,9}$/.test(text)) throw new AwsError("InvalidNextToken", "The parameter NextToken is not valid.");
  return Number(text);
}

function wrong(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

const MOST = 100_800;
