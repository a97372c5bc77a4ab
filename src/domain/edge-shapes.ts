import { dictionary, flag, list, object, oneOf, optional, type Shape, text, union, whole } from "#lib/shape.ts";

export type ControlKind =
  | "welcome"
  | "balancer-put"
  | "balancer-gone"
  | "certificate-put"
  | "certificate-gone"
  | "synced"
  | "heartbeat";
export type EdgeKind = "hello" | "ack" | "serving" | "key-dropped" | "listening" | "target-health" | "heartbeat";

const short = text(256);
const long = text(8192);
const arn = text(2048);
const port = whole(0, 65_535);
const seconds = whole(0, 1_000_000);
const attributes = dictionary(long, 200);

const action = union(
  object({
    type: oneOf("forward"),
    targetGroups: list(object({ arn, weight: whole(0, 999) }), 100),
  }),
  object({
    type: oneOf("redirect"),
    statusCode: oneOf(301, 302),
    protocol: short,
    host: long,
    port: short,
    path: long,
    query: long,
  }),
  object({
    type: oneOf("fixed-response"),
    statusCode: whole(200, 599),
    contentType: short,
    body: long,
  }),
);

const listener = object({
  arn,
  port,
  protocol: oneOf("HTTP", "HTTPS", "TCP", "TLS"),
  sslPolicy: optional(short),
  alpnPolicy: optional(short),
  certificates: list(arn, 150_000),
  defaultAction: action,
});

const targetGroup = object({
  arn,
  protocol: oneOf("HTTP", "HTTPS", "TCP", "TLS"),
  attributes,
  healthCheck: object({
    enabled: flag,
    protocol: oneOf("HTTP", "HTTPS", "TCP"),
    port: short,
    path: long,
    matcher: long,
    intervalSeconds: seconds,
    timeoutSeconds: seconds,
    healthyThreshold: seconds,
    unhealthyThreshold: seconds,
  }),
  targets: list(object({ address: short, port, draining: flag }), 10_000),
});

const balancer = object({
  arn,
  type: oneOf("application", "network"),
  dnsName: short,
  address: short,
  attributes,
  listeners: list(listener, 1_000),
  targetGroups: list(targetGroup, 1_000),
});

const certificate = object({
  loadBalancerArn: arn,
  certificateArn: arn,
  account: short,
  region: short,
  serial: short,
  chain: text(2_000_000),
  names: list(short, 10_000),
  encryptionContext: dictionary(long, 64),
  grantToken: long,
});

/** The words of each kind of message from the control plane. */
export const CONTROL_SHAPES: Readonly<Record<ControlKind, Shape<object>>> = {
  welcome: object({ resync: flag }),
  "balancer-put": object({ balancer }),
  "balancer-gone": object({ loadBalancerArn: arn }),
  "certificate-put": object({ certificate }),
  "certificate-gone": object({
    loadBalancerArn: arn,
    certificateArn: arn,
  }),
  synced: object({ revision: short }),
  heartbeat: object({}),
};

/** The words of each kind of message from an edge. */
export const EDGE_SHAPES: Readonly<Record<EdgeKind, Shape<object>>> = {
  hello: object({
    edge: short,
    instance: short,
    revision: optional(short),
  }),
  ack: object({ revision: short }),
  serving: object({
    loadBalancerArn: arn,
    certificates: list(object({ certificateArn: arn, serial: short }), 1_000),
  }),
  "key-dropped": object({
    loadBalancerArn: arn,
    certificateArn: arn,
    connections: whole(0, Number.MAX_SAFE_INTEGER),
  }),
  listening: object({
    loadBalancerArn: arn,
    listeners: list(
      object({
        listenerArn: arn,
        address: short,
        port,
        error: optional(long),
      }),
      1_000,
    ),
  }),
  "target-health": object({
    loadBalancerArn: arn,
    targets: list(
      object({
        targetGroupArn: arn,
        address: short,
        port,
        state: oneOf("initial", "healthy", "unhealthy", "draining", "unused"),
        reason: optional(short),
        description: optional(long),
      }),
      100_000,
    ),
  }),
  heartbeat: object({}),
};
