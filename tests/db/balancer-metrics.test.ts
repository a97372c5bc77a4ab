import { describe, expect, it } from "vitest";
import type { LoadBalancerArn } from "#domain/arn.ts";
import type { MetricSample } from "#domain/edge-messages.ts";
import { keepSamples, purgeMetrics } from "#events/balancer-metrics.ts";
import { DAY, HOUR, MINUTE } from "#lib/duration.ts";
import { DATABASES } from "../support/databases.ts";
import { type EventWorld, eventWorld } from "../support/event-world.ts";

const PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";
const WEB = `${PREFIX}:loadbalancer/app/web/0123456789abcdef` as LoadBalancerArn;
const NET = `${PREFIX}:loadbalancer/net/bytes/0123456789abcdef` as LoadBalancerArn;
const GROUP = `${PREFIX}:targetgroup/app/0123456789abcdef`;
const BALANCER = { Name: "LoadBalancer", Value: "app/web/0123456789abcdef" };
const TARGETS = { Name: "TargetGroup", Value: "targetgroup/app/0123456789abcdef" };

const sample = (name: string, values: readonly number[], more: Partial<MetricSample> = {}): MetricSample => ({
  loadBalancerArn: WEB,
  name,
  count: values.length,
  sum: values.reduce((sum, value) => sum + value, 0),
  least: Math.min(...values),
  most: Math.max(...values),
  ...more,
});

for (const database of DATABASES) {
  const open = async (): Promise<EventWorld & { readonly minute: number }> => {
    const world = await eventWorld(await database.open());
    return { ...world, minute: Math.floor(world.clock.now().getTime() / MINUTE) * MINUTE };
  };
  const statistics = async (world: EventWorld, more: object): Promise<unknown> => {
    const now = world.clock.now();
    const { Datapoints } = (await world.call("GetMetricStatistics", {
      Namespace: "AWS/ApplicationELB",
      Dimensions: [BALANCER],
      StartTime: (now.getTime() - HOUR) / 1000,
      EndTime: (now.getTime() + HOUR) / 1000,
      Period: 3600 * 3,
      Statistics: ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
      ...more,
    })) as { Datapoints: readonly { Timestamp: unknown }[] };
    return Datapoints.map(({ Timestamp: _at, ...rest }) => rest);
  };

  const listed = async (world: EventWorld, filter: object = {}): Promise<readonly object[]> => {
    const all: object[] = [];
    for (let token: string | undefined; ; ) {
      const page = (await world.call("ListMetrics", { ...filter, ...(token ? { NextToken: token } : {}) })) as {
        Metrics: readonly object[];
        NextToken?: string;
      };
      all.push(...page.Metrics);
      token = page.NextToken;
      if (token === undefined) return all;
    }
  };

  describe(`metrics of load balancers on ${database.name}`, () => {
    it("stay readable however often an edge says that something was measured", async () => {
      const world = await open();
      for (let i = 0; i < 3; i++) {
        const count = Number.MAX_SAFE_INTEGER;
        await keepSamples(world.minute, [{ ...sample("RequestCount", [1]), count }], world);
      }
      expect(await statistics(world, { MetricName: "RequestCount" })).toMatchObject([{ SampleCount: 4e15 }]);
    });

    it("are what all edges measured in a minute, and what all minutes of a period come to", async () => {
      const world = await open();
      const { minute } = world;
      await Promise.all([
        keepSamples(minute, [sample("TargetResponseTime", [0.25, 0.5]), sample("RequestCount", [1, 1])], world),
        keepSamples(minute + 10_000, [sample("TargetResponseTime", [1.25])], world),
        keepSamples(minute - MINUTE, [sample("RequestCount", [1])], world),
      ]);
      expect(await statistics(world, { MetricName: "TargetResponseTime" })).toEqual([
        { Unit: "Seconds", SampleCount: 3, Sum: 2, Average: 2 / 3, Minimum: 0.25, Maximum: 1.25 },
      ]);
      expect(await statistics(world, { MetricName: "RequestCount" })).toMatchObject([{ Unit: "Count", Sum: 3 }]);
      expect(await statistics(world, { MetricName: "RequestCount", Unit: "Bytes" })).toEqual([]);
      const percentile = { MetricName: "TargetResponseTime", Statistics: undefined, ExtendedStatistics: ["p95"] };
      expect(await statistics(world, percentile)).toEqual([]);
      expect(await statistics(world, { ...percentile, MetricName: "RequestCount" })).toEqual([
        { Unit: "Count", ExtendedStatistics: { p95: 1 } },
      ]);
      const MetricDataQueries = [
        {
          Id: "requests",
          MetricStat: {
            Metric: { Namespace: "AWS/ApplicationELB", MetricName: "RequestCount", Dimensions: [BALANCER] },
            Period: 60,
            Stat: "Sum",
          },
        },
      ];
      const { MetricDataResults } = (await world.call("GetMetricData", {
        MetricDataQueries,
        StartTime: (minute - HOUR) / 1000,
        EndTime: (minute + HOUR) / 1000,
      })) as { MetricDataResults: readonly object[] };
      expect(MetricDataResults).toMatchObject([{ Id: "requests", Values: [2, 1], StatusCode: "Complete" }]);

      const several = ["a", "b", "c"].map((Id) => ({ ...MetricDataQueries[0], Id }));
      const page = async (NextToken?: unknown) =>
        (await world.call("GetMetricData", {
          MetricDataQueries: several,
          StartTime: (minute - HOUR) / 1000,
          EndTime: (minute + HOUR) / 1000,
          MaxDatapoints: 3,
          ...(NextToken === undefined ? {} : { NextToken }),
        })) as { MetricDataResults: { Values: number[]; StatusCode: string }[]; NextToken?: string };
      const told = ({ MetricDataResults: results }: Awaited<ReturnType<typeof page>>) =>
        results.map(({ Values, StatusCode }) => [StatusCode, ...Values]);
      const first = await page();
      expect(told(first)).toEqual([["Complete", 2, 1], ["PartialData", 2], ["PartialData"]]);
      const second = await page(first.NextToken);
      expect(told(second)).toEqual([["Complete"], ["Complete", 1], ["Complete", 2, 1]]);
      expect(second.NextToken).toBeUndefined();
    });

    it("have the dimensions that AWS's have", async () => {
      const world = await open();
      const { minute } = world;
      const group = { targetGroupArn: GROUP };
      await keepSamples(
        minute,
        [
          sample("HealthyHostCount", [2], group),
          sample("RequestCountPerTarget", [5], group),
          sample("ProcessedBytes", [9], { loadBalancerArn: NET }),
        ],
        world,
      );
      expect(
        await statistics(world, { MetricName: "HealthyHostCount", Dimensions: [TARGETS, BALANCER] }),
      ).toMatchObject([{ Average: 2 }]);
      expect(await statistics(world, { MetricName: "HealthyHostCount", Dimensions: [BALANCER] })).toEqual([]);
      expect(await statistics(world, { MetricName: "HealthyHostCount", Dimensions: [] })).toEqual([]);
      expect(await statistics(world, { MetricName: "HealthyHostCount", Dimensions: [BALANCER, BALANCER] })).toEqual([]);
      expect(await statistics(world, { MetricName: "RequestCountPerTarget", Dimensions: [TARGETS] })).toMatchObject([
        { Sum: 5 },
      ]);
      expect(await listed(world)).toHaveLength(4);
      expect(await world.call("ListMetrics", { Namespace: "AWS/NetworkELB" })).toMatchObject({
        Metrics: [
          {
            Namespace: "AWS/NetworkELB",
            MetricName: "ProcessedBytes",
            Dimensions: [{ Name: "LoadBalancer", Value: "net/bytes/0123456789abcdef" }],
          },
        ],
      });
      expect(
        await world.call("ListMetrics", { Dimensions: [{ Name: "TargetGroup" }], MetricName: "HealthyHostCount" }),
      ).toMatchObject({
        Metrics: [{ Dimensions: [TARGETS, BALANCER] }],
      });
      expect(await world.call("ListMetrics", { Dimensions: [{ Name: "AvailabilityZone" }] })).toMatchObject({
        Metrics: [],
      });
    });

    it("are kept of nothing that is none", async () => {
      const world = await open();
      const { minute } = world;
      await keepSamples(minute + HOUR, [sample("RequestCount", [1])], world);
      await keepSamples(minute - 16 * DAY, [sample("RequestCount", [1])], world);
      await keepSamples(
        minute,
        [
          sample("Requests", [1]),
          sample("RequestCount", [1], { loadBalancerArn: "arn:lb" as LoadBalancerArn }),
          sample("RequestCount", [1], { targetGroupArn: "arn:group" }),
          sample("RequestCount", [1], { sum: Number.NaN }),
          sample("RequestCount", [1], { least: 2, most: 1 }),
          sample("RequestCount", [1], { count: 0 }),
          sample("TargetResponseTime", [1], { loadBalancerArn: NET }),
        ],
        world,
      );
      expect(await listed(world)).toEqual([]);
    });

    it("are forgotten after fifteen days, some at a time", async () => {
      const world = await open();
      const { minute, clock, store } = world;
      for (const ago of [0, 1, 2]) await keepSamples(minute - ago * MINUTE, [sample("RequestCount", [1])], world);
      await purgeMetrics(world);
      expect(await store.selectFrom("metricPoints").select("at").execute()).toHaveLength(3);
      clock.advance(15 * DAY - MINUTE);
      expect(await purgeMetrics(world)).toEqual(new Date(clock.now().getTime() + HOUR));
      expect(await store.selectFrom("metricPoints").select("at").execute()).toHaveLength(2);
      clock.advance(DAY);
      await purgeMetrics(world);
      expect(await store.selectFrom("metricPoints").select("at").execute()).toEqual([]);
      expect(await store.selectFrom("metricSeries").select("id").execute()).toEqual([]);
      expect(await listed(world)).toEqual([]);
    });
  });
}
