import {
  type AttributeOwner,
  type AttributeTable,
  fixed,
  flag,
  oneOf,
  oneOfServed,
  text,
  whole,
} from "./attributes.ts";
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
const NO_STICKINESS = "the edge does not keep clients with a target";
const NO_FAILOVER = "there is one address here, not one for each zone, to fail over to";
const FAIL_OPEN = "the edge uses unhealthy targets when no target is healthy, and only then";
const LEFT_ALONE = "the edge leaves connections alone that are open when a target becomes unhealthy or is deregistered";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html (2026-09) */
const SHARED: AttributeTable = {
  "deregistration_delay.timeout_seconds": whole("300", 0, 3600),
  // Without zones all three mean the same.
  "load_balancing.cross_zone.enabled": oneOf("use_load_balancer_configuration", [
    "true",
    "false",
    "use_load_balancer_configuration",
  ]),
  "stickiness.enabled": fixed("false", NO_STICKINESS),
  [`${HEALTH}.dns_failover.minimum_healthy_targets.count`]: fixed("1", NO_FAILOVER),
  [`${HEALTH}.dns_failover.minimum_healthy_targets.percentage`]: fixed("off", NO_FAILOVER),
  [`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.count`]: fixed("1", FAIL_OPEN),
  [`${HEALTH}.unhealthy_state_routing.minimum_healthy_targets.percentage`]: fixed("off", FAIL_OPEN),
};

const HTTP: AttributeTable = {
  ...SHARED,
  "load_balancing.algorithm.anomaly_mitigation": fixed("off", "the edge does not look for anomalies"),
  "load_balancing.algorithm.type": oneOfServed("round_robin", ["round_robin", "least_outstanding_requests"], {
    weighted_random: "the edge does not weigh targets",
  }),
  "slow_start.duration_seconds": fixed("0", "the edge gives new targets their full share at once"),
  // They only matter with stickiness, and Terraform writes them without it.
  "stickiness.app_cookie.cookie_name": text(
    /^(?!AWSALB)[!#$%&'*+.^`|~\w-]{1,256}$/,
    "is not a cookie name, or begins with AWSALB, which is reserved",
  ),
  "stickiness.app_cookie.duration_seconds": whole("86400", 1, 604_800),
  "stickiness.lb_cookie.duration_seconds": whole("86400", 1, 604_800),
  "stickiness.type": oneOf("lb_cookie", ["lb_cookie", "app_cookie"]),
};

const TCP: AttributeTable = {
  ...SHARED,
  "deregistration_delay.connection_termination.enabled": fixed("false", LEFT_ALONE),
  "preserve_client_ip.enabled": fixed(
    "false",
    "connections to targets come from the edge's own address; proxy_protocol_v2.enabled tells targets the client's",
  ),
  "proxy_protocol_v2.enabled": flag(false),
  "stickiness.type": oneOf("source_ip", ["source_ip"]),
  // AWS's default is true.
  "target_health_state.unhealthy.connection_termination.enabled": fixed("false", LEFT_ALONE),
  "target_health_state.unhealthy.draining_interval_seconds": fixed("0", LEFT_ALONE),
};

/** Of target groups that do not exist here. */
const ELSEWHERE: AttributeTable = {
  "lambda.multi_value_headers.enabled": flag(false),
  "target_failover.on_deregistration": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
  "target_failover.on_unhealthy": oneOf("no_rebalance", ["rebalance", "no_rebalance"]),
};
