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
  const page: Page[] = [];
  const begin = readOffset(input.NextToken);
  const end = begin + MaxDatapoints;
  let before = 0;
  for (const query of MetricDataQueries) {
    if (query.ReturnData === false) continue;
    // What comes behind the page is not read.
    const points = before > end ? [] : await answer(query, span, ScanBy, caller, deps);
    const shown = points.slice(Math.max(0, begin - before), Math.max(0, end - before));
    page.push({ query, points: shown, isWhole: before + points.length <= end });
    before += points.length;
  }
  return {
    MetricDataResults: page.map(({ query: { Id, Label, MetricStat }, points, isWhole }) => ({
      Id,
      Label: Label ?? MetricStat?.Metric?.MetricName ?? Id,
      Timestamps: points.map(({ at }) => new Date(at)),
      Values: points.map(({ value }) => value),
      StatusCode: isWhole ? "Complete" : "PartialData",
    })),
    Messages: [],
    ...(before > end ? { NextToken: writeOffset(end) } : {}),
  };
};

type Query = InputOf<typeof sdk, "GetMetricData">["MetricDataQueries"][number];

interface Point {
  readonly at: number;
  readonly value: number;
}

/** What of a query's points lies on a page, and whether nothing of it comes behind. */
interface Page {
  readonly query: Query;
  readonly points: readonly Point[];
  readonly isWhole: boolean;
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
  { MetricStat }: Query,
  span: Span,
  order: string,
  caller: Caller,
  deps: CloudWatchDeps,
): Promise<readonly Point[]> {
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
  return order === "TimestampAscending" ? points : points.toReversed();
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
