import { dictionary, flag, list, number, object, oneOf, optional, type Shape, text, union, whole } from "#lib/shape.ts";

export type ControlKind =
  | "welcome"
  | "balancer-put"
  | "balancer-gone"
  | "certificate-put"
  | "certificate-gone"
  | "secret-put"
  | "secret-gone"
  | "trust-store-put"
  | "trust-store-gone"
  | "synced"
  | "identity"
  | "heartbeat";
export type EdgeKind =
  | "hello"
  | "ack"
  | "serving"
  | "cannot-serve"
  | "key-dropped"
  | "listening"
  | "target-health"
  | "metrics"
  | "identity-wanted"
  | "heartbeat";

const short = text(256);
const long = text(8192);
const arn = text(2048);
const port = whole(0, 65_535);
const seconds = whole(0, 1_000_000);
const attributes = dictionary(long, 200);

const forward = object({
  type: oneOf("forward"),
  targetGroups: list(object({ arn, weight: whole(0, 999) }), 100),
  stickiness: optional(object({ durationSeconds: seconds })),
});

const action = union(
  forward,
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
  object({
    type: oneOf("authenticate-oidc"),
    issuer: long,
    authorizationEndpoint: long,
    tokenEndpoint: long,
    userInfoEndpoint: long,
    clientId: long,
    secret: long,
    sessionCookieName: short,
    scope: long,
    sessionTimeoutSeconds: seconds,
    authenticationRequestExtraParams: dictionary(long, 20),
    onUnauthenticatedRequest: oneOf("deny", "allow", "authenticate"),
  }),
  object({
    type: oneOf("jwt-validation"),
    jwksEndpoint: long,
    issuer: long,
    additionalClaims: list(
      object({
        name: long,
        format: oneOf("single-string", "string-array", "space-separated-values"),
        values: list(long, 100),
      }),
      100,
    ),
  }),
);
const actions = list(action, 10);

const texts = list(long, 100);
const condition = union(
  object({ field: oneOf("host-header", "path-pattern"), values: texts, regexes: texts }),
  object({ field: oneOf("http-header"), name: short, values: texts, regexes: texts }),
  object({ field: oneOf("http-request-method", "source-ip"), values: texts }),
  object({ field: oneOf("query-string"), values: list(object({ key: optional(long), value: long }), 100) }),
);

const rule = object({
  arn,
  priority: whole(1, 50_000),
  conditions: list(condition, 100),
  actions,
  transforms: list(
    object({
      type: oneOf("host-header-rewrite", "url-rewrite"),
      rewrites: list(object({ regex: long, replace: long }), 10),
    }),
    10,
  ),
});

const PROTOCOLS = ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"] as const;

const listener = object({
  arn,
  port,
  protocol: oneOf(...PROTOCOLS),
  sslPolicy: optional(short),
  alpnPolicy: optional(short),
  attributes,
  mutualAuthentication: optional(
    union(
      object({ mode: oneOf("passthrough") }),
      object({ mode: oneOf("verify"), trustStoreArn: arn, ignoreExpiry: flag, advertiseCaNames: flag }),
    ),
  ),
  certificates: list(arn, 150_000),
  rules: list(rule, 10_000),
  defaultRule: object({ arn, actions }),
});

const targetGroup = object({
  arn,
  protocol: oneOf(...PROTOCOLS),
  protocolVersion: oneOf("HTTP1", "HTTP2", "GRPC"),
  targetType: oneOf("ip", "instance", "alb"),
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
  targets: list(object({ id: arn, address: short, port, draining: flag }), 20_000),
});

const balancer = object({
  arn,
  type: oneOf("application", "network"),
  dnsName: short,
  address: short,
  cookieSecret: short,
  attributes,
  ingress: optional(
    list(object({ protocol: oneOf("tcp", "udp", "any"), fromPort: port, toPort: port, cidr: short }), 10_000),
  ),
  listeners: list(listener, 1_000),
  targetGroups: list(targetGroup, 1_000),
  trustStores: list(object({ arn, version: short }), 1_000),
});

const envelope = {
  account: short,
  region: short,
  encryptionContext: dictionary(long, 64),
  grantToken: long,
};

const certificate = object({
  loadBalancerArn: arn,
  certificateArn: arn,
  serial: short,
  chain: text(2_000_000),
  names: list(short, 10_000),
  ...envelope,
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
  "secret-put": object({ secret: object({ loadBalancerArn: arn, name: long, ...envelope }) }),
  "secret-gone": object({ loadBalancerArn: arn, name: long }),
  "trust-store-put": object({ trustStore: object({ arn, version: short, sizes: list(whole(0, 2 ** 31), 1_000) }) }),
  "trust-store-gone": object({ arn }),
  synced: object({ revision: short }),
  identity: object({ chain: text(100_000) }),
  heartbeat: object({}),
};

/** How often something may be measured in a minute. */
const MOST_MEASURED = 1e12;
/** Sums of it stay far from what a double can say. */
const amount: Shape<number> = (value): value is number => number(value) && Math.abs(value) <= 1e30;

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
  "cannot-serve": object({ loadBalancerArn: arn, certificateArn: arn, serial: short, reason: long }),
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
  "identity-wanted": object({ request: long }),
  metrics: object({
    at: whole(0, Number.MAX_SAFE_INTEGER),
    samples: list(
      object({
        loadBalancerArn: arn,
        targetGroupArn: optional(arn),
        name: short,
        count: whole(0, MOST_MEASURED),
        sum: amount,
        least: amount,
        most: amount,
      }),
      100_000,
    ),
  }),
  heartbeat: object({}),
};
