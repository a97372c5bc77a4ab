import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeAction, EdgeBalancer, EdgeListener, EdgeTargetGroup } from "#domain/edge-config.ts";
import type { AccountId, Region } from "#domain/names.ts";

export const OWNER = { account: "123456789012" as AccountId, region: "eu-west-1" as Region };
export const BALANCER: LoadBalancerArn =
  "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/0123456789abcdef" as LoadBalancerArn;

/** A load balancer with one HTTPS listener on a free port, which answers by itself unless told otherwise. */
export function balancer(listener: Partial<EdgeListener> = {}, more: Partial<EdgeBalancer> = {}): EdgeBalancer {
  return {
    arn: BALANCER,
    type: "application",
    dnsName: "web-0123.eu-west-1.elb.sealkeeper.internal",
    address: "127.0.0.1",
    cookieSecret: "0123456789abcdef",
    attributes: {
      "idle_timeout.timeout_seconds": "60",
      "routing.http2.enabled": "true",
      "routing.http.xff_header_processing.mode": "append",
    },
    listeners: [
      {
        arn: "listener",
        port: 0,
        protocol: "HTTPS",
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificates: [],
        attributes: {},
        rules: [],
        defaultRule: doing({ type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "hello" }),
        ...listener,
      },
    ],
    targetGroups: [],
    trustStores: [],
    ...more,
  };
}

/** A target group of one or more targets on 127.0.0.1. */
export function targetGroup(ports: readonly number[], more: Partial<EdgeTargetGroup> = {}): EdgeTargetGroup {
  return {
    arn: "group",
    protocol: "HTTP",
    protocolVersion: "HTTP1",
    targetType: "ip",
    healthCheck: {
      enabled: true,
      protocol: "HTTP",
      port: "traffic-port",
      path: "/health",
      matcher: "200",
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
    },
    attributes: {},
    targets: ports.map((port) => ({ id: "127.0.0.1", address: "127.0.0.1", port, draining: false })),
    ...more,
  };
}

/** A default rule with these actions. */
export function doing(...actions: readonly EdgeAction[]): EdgeListener["defaultRule"] {
  return { arn: "default", actions };
}

export const FORWARD: EdgeListener["defaultRule"] = doing({
  type: "forward",
  targetGroups: [{ arn: "group", weight: 1 }],
});
