import { type AttributeOwner, type AttributeTable, fixed, flag, oneOf, text, whole } from "./attributes.ts";
import type { TargetProtocol } from "./protocols.ts";

/** The attributes of a target group of that protocol. */
export function targetGroupAttributes(protocol: TargetProtocol): AttributeOwner {
  return {
    resource: "Target group",
    on: `target groups with the '${protocol}' protocol`,
    table: protocol === "HTTP" || protocol === "HTTPS" ? HTTP : TCP,
    elsewhere: [HTTP, TCP, ELSEWHERE],
  };
}

const HEALTH = "target_group_health";
const COOKIE_SECONDS = whole("86400", 1, 604_800);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html (2026-09) */
const SHARED: AttributeTable = {
  "deregistration_delay.timeout_seconds": whole("300", 0, 3600),
  "load_balancing.cross_zone.enabled": oneOf("use_load_balancer_configuration", [
    "true",
    "false",
    "use_load_balancer_configuration",
  ]),
  "stickiness.enabled": flag(false),
  [`${HEALTH}.dns_failover.minimum_healthy_targets.count`]: whole("1", 1, 1000, ["off"]),
  [`${HEALTH}.dns_failover.minimum_healthy_targets.percentage`]: whole("off", 1, 100, ["off"]),
  [`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count`]: whole("1", 1, 1000),
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
  "slow_start.duration_seconds": whole("0", 30, 900, ["0"]),
  "stickiness.app_cookie.cookie_name": text(
    /^(?!AWSALB)[!#$%&'*+.^`|~\w-]{1,256}$/,
    "is not a cookie name, or begins with AWSALB, which is reserved",
  ),
  "stickiness.app_cookie.duration_seconds": COOKIE_SECONDS,
  "stickiness.lb_cookie.duration_seconds": COOKIE_SECONDS,
  "stickiness.type": oneOf("lb_cookie", ["lb_cookie", "app_cookie"]),
};

const TCP: AttributeTable = {
  ...SHARED,
  "deregistration_delay.connection_termination.enabled": flag(false),
  "preserve_client_ip.enabled": fixed(
    "false",
    "connections to targets come from the edge's own address; proxy_protocol_v2.enabled tells targets the client's",
  ),
  "proxy_protocol_v2.enabled": flag(false),
  "stickiness.type": oneOf("source_ip", ["source_ip"]),
  "target_health_state.unhealthy.connection_termination.enabled": flag(true),
  "target_health_state.unhealthy.draining_interval_seconds": whole("0", 0, 360_000),
};

/** Of target groups that do not exist here. */
const ELSEWHERE: AttributeTable = {
  "lambda.multi_value_headers.enabled": flag(false),
  "target_failover.on_deregistration": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
  "target_failover.on_unhealthy": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
};
