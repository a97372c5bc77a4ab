import { expect, test } from "vitest";
import type { LoadBalancerArn } from "#domain/arn.ts";
import type { ApplicationMetric, NetworkMetric } from "#edge/metrics/names.ts";
import { BALANCER_METRICS, balancerMetricUnit, measuredBalancer, targetGroupDimension } from "./balancer-metrics.ts";

const WEB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/0123456789abcdef";

test("every metric that edges measure has a unit", () => {
  // The compiler checks that no name of the edge's is missing; this, that none is invented.
  const application: Record<ApplicationMetric, string> = BALANCER_METRICS["AWS/ApplicationELB"] as never;
  const network: Record<NetworkMetric, string> = BALANCER_METRICS["AWS/NetworkELB"] as never;
  expect([Object.keys(application).length, Object.keys(network).length]).toEqual([45, 27]);
  expect(balancerMetricUnit("AWS/ApplicationELB", "TargetResponseTime")).toBe("Seconds");
  expect(balancerMetricUnit("AWS/NetworkELB", "TargetResponseTime")).toBeUndefined();
  expect(balancerMetricUnit("toString", "RequestCount")).toBeUndefined();
  expect(balancerMetricUnit("AWS/ApplicationELB", "toString")).toBeUndefined();
});

test("dimensions are the ends of ARNs, as CloudWatch has them", () => {
  expect(measuredBalancer(WEB as LoadBalancerArn)).toEqual({
    owner: { account: "123456789012", region: "eu-west-1" },
    namespace: "AWS/ApplicationELB",
    dimension: "app/web/0123456789abcdef",
  });
  expect(measuredBalancer(WEB.replace("/app/", "/net/") as LoadBalancerArn)?.namespace).toBe("AWS/NetworkELB");
  expect(measuredBalancer("arn:one" as LoadBalancerArn)).toBeUndefined();
  const group = WEB.replace("loadbalancer/app/web", "targetgroup/api");
  expect(targetGroupDimension(group)).toBe("targetgroup/api/0123456789abcdef");
  expect(targetGroupDimension(WEB)).toBeUndefined();
});
