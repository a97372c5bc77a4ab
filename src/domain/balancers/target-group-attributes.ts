import {
  type AttributeOwner,
  type AttributeRule,
  type AttributeTable,
  fixed,
  flag,
  oneOf,
  text,
  whole,
} from "./attributes.ts";
import { isHttp, type TargetProtocol } from "./protocols.ts";
import type { TargetGroupKind } from "./target-group.ts";

/** The attributes of a target group of that kind. */
export function targetGroupAttributes({ protocol }: Pick<TargetGroupKind, "protocol">): AttributeOwner {
  return {
    resource: "Target group",
    on: `target groups with the '${protocol}' protocol`,
    table: TABLES[protocol],
    elsewhere: [...Object.values(TABLES), ELSEWHERE],
    conflict: isHttp(protocol) ? httpConflict : networkConflict,
  };
}

type Attributes = Readonly<Record<string, string>>;

function httpConflict(attributes: Attributes): string | undefined {
  const algorithm = attributes["load_balancing.algorithm.type"];
  if (attributes["slow_start.duration_seconds"] !== "0" && algorithm !== "round_robin") {
    return `Slow start is not supported with the load balancing algorithm '${algorithm}'`;
  }
  if (attributes["load_balancing.algorithm.anomaly_mitigation"] === "on" && algorithm !== "weighted_random") {
    return `Anomaly mitigation is not supported with the load balancing algorithm '${algorithm}'`;
  }
  const byApplication = attributes["stickiness.enabled"] === "true" && attributes["stickiness.type"] === "app_cookie";
  if (byApplication && attributes["stickiness.app_cookie.cookie_name"] === "") {
    return "'stickiness.app_cookie.cookie_name' must be specified for stickiness by application cookie";
  }
  return thresholdConflict(attributes);
}

function networkConflict(attributes: Attributes): string | undefined {
  const drains = attributes[`${UNHEALTHY}.draining_interval_seconds`] !== "0";
  if (drains && attributes[`${UNHEALTHY}.connection_termination.enabled`] === "true") {
    return `'${UNHEALTHY}.draining_interval_seconds' can only be set when '${UNHEALTHY}.connection_termination.enabled' is 'false'`;
  }
  return thresholdConflict(attributes);
}

/** A zone that gets no traffic from the DNS any more must not send what it has to unhealthy targets either. */
function thresholdConflict(attributes: Attributes): string | undefined {
  for (const unit of ["count", "percentage"]) {
    const failover = attributes[`${HEALTH}.dns_failover.minimum_healthy_targets.${unit}`] ?? "off";
    const routing = attributes[`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.${unit}`] ?? "off";
    if (failover !== "off" && routing !== "off" && Number(failover) < Number(routing)) {
      return `The ${unit} of healthy targets for DNS failover must be at least that for unhealthy state routing`;
    }
  }
  return undefined;
}

const HEALTH = "target_group_health";
const UNHEALTHY = "target_health_state.unhealthy";
const OWN_ADDRESS =
  "connections to targets come from the edge's own address; proxy_protocol_v2.enabled tells targets the client's";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html (2026-09) */
const SHARED: AttributeTable = {
  "deregistration_delay.timeout_seconds": whole("300", 0, 3600),
  // Without zones all three mean the same.
  "load_balancing.cross_zone.enabled": oneOf("use_load_balancer_configuration", [
    "true",
    "false",
    "use_load_balancer_configuration",
  ]),
  "stickiness.enabled": flag(false),
  // A load balancer has one address, which the DNS names in any case, as AWS's does when every zone is unhealthy.
  [`${HEALTH}.dns_failover.minimum_healthy_targets.count`]: whole("1", 1, 10_000, ["off"]),
  [`${HEALTH}.dns_failover.minimum_healthy_targets.percentage`]: whole("off", 1, 100, ["off"]),
  [`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count`]: whole("1", 1, 10_000),
  [`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.percentage`]: whole("off", 1, 100, ["off"]),
};

const HTTP: AttributeTable = {
  ...SHARED,
  "load_balancing.algorithm.anomaly_mitigation": oneOf("off", ["on", "off"]),
  "load_balancing.algorithm.type": oneOf("round_robin", [
    "round_robin",
    "least_outstanding_requests",
    "weighted_random",
  ]),
  "slow_start.duration_seconds": noneOr(whole("0", 30, 900)),
  "stickiness.app_cookie.cookie_name": text(
    /^(?!AWSALB)[!#$%&'*+.^`|~\w-]{1,256}$/,
    "is not a cookie name, or begins with AWSALB, which is reserved",
  ),
  "stickiness.app_cookie.duration_seconds": whole("86400", 1, 604_800),
  "stickiness.lb_cookie.duration_seconds": whole("86400", 1, 604_800),
  "stickiness.type": oneOf("lb_cookie", ["lb_cookie", "app_cookie"]),
};

const NETWORK: AttributeTable = {
  ...SHARED,
  "deregistration_delay.connection_termination.enabled": flag(false),
  "preserve_client_ip.enabled": fixed("false", OWN_ADDRESS),
  "proxy_protocol_v2.enabled": flag(false),
  "stickiness.type": oneOf("source_ip", ["source_ip"]),
  [`${UNHEALTHY}.connection_termination.enabled`]: flag(true),
  [`${UNHEALTHY}.draining_interval_seconds`]: whole("0", 0, 360_000),
};

const DATAGRAMS: AttributeTable = {
  ...NETWORK,
  "deregistration_delay.connection_termination.enabled": flag(true),
  "preserve_client_ip.enabled": fixed("false", "datagrams to targets come from the edge's own address"),
  [`${UNHEALTHY}.connection_termination.enabled`]: fixed(
    "false",
    "it cannot be enabled for UDP and TCP_UDP target groups, on AWS neither",
  ),
};

const TABLES: Readonly<Record<TargetProtocol, AttributeTable>> = {
  HTTP,
  HTTPS: HTTP,
  TCP: NETWORK,
  TLS: {
    ...NETWORK,
    "stickiness.enabled": fixed("false", "stickiness is not supported for TLS target groups, on AWS neither"),
  },
  UDP: { ...DATAGRAMS, "proxy_protocol_v2.enabled": fixed("false", "the edge puts nothing before datagrams") },
  TCP_UDP: DATAGRAMS,
};

/** Of target groups that do not exist here. */
const ELSEWHERE: AttributeTable = {
  "lambda.multi_value_headers.enabled": flag(false),
  "target_failover.on_deregistration": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
  "target_failover.on_unhealthy": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
};

/** Zero takes what the rule bounds away. */
function noneOr(rule: AttributeRule): AttributeRule {
  return { ...rule, check: (value) => (value === "0" ? undefined : rule.check(value)) };
}
