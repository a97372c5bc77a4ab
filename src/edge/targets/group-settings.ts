import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import { type Millis, SECOND } from "#lib/duration.ts";

/** What the attributes of a target group say, read once for each configuration. */
export interface GroupSettings {
  readonly algorithm: "round_robin" | "least_outstanding_requests" | "weighted_random";
  /** Targets that fail more often than their peers get less. */
  readonly mitigatesAnomalies: boolean;
  /** How long a new target's share grows; 0: not at all. */
  readonly slowStart: Millis;
  readonly stickiness: GroupStickiness | undefined;
  /** With fewer healthy targets, all get requests (`unhealthy_state_routing`). */
  readonly leastHealthy: Threshold;
  /** With fewer healthy targets, DNS names other addresses (`dns_failover`). */
  readonly leastHealthyForDns: Threshold;
  readonly deregistrationDelay: Millis;
  /** What goes on at a deregistered target is ended after the delay. */
  readonly endsDeregistered: boolean;
  /** How long what goes on at a target that became unhealthy may go on; undefined: as long as it likes. */
  readonly endsUnhealthyAfter: Millis | undefined;
}

export type GroupStickiness =
  | { readonly type: "lb_cookie"; readonly seconds: number }
  | { readonly type: "app_cookie"; readonly name: string; readonly seconds: number }
  | { readonly type: "source_ip" };

export interface Threshold {
  readonly count: number;
  /** 0: off. */
  readonly percentage: number;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export function groupSettings({ attributes, protocol }: EdgeTargetGroup): GroupSettings {
  const isOn = (name: string): boolean => attributes[name] === "true";
  const seconds = (name: string, standard: number): Millis => Number(attributes[name] ?? standard) * SECOND;
  const threshold = (name: string): Threshold => ({
    count: Number(attributes[`target_group_health.${name}.minimum_healthy_targets.count`] ?? 1) || 0,
    percentage: Number(attributes[`target_group_health.${name}.minimum_healthy_targets.percentage`] ?? 0) || 0,
  });
  const algorithm = algorithmOf(attributes["load_balancing.algorithm.type"]);
  const http = protocol === "HTTP" || protocol === "HTTPS";
  return {
    algorithm,
    mitigatesAnomalies:
      algorithm === "weighted_random" && attributes["load_balancing.algorithm.anomaly_mitigation"] === "on",
    slowStart: algorithm === "round_robin" ? seconds("slow_start.duration_seconds", 0) : 0,
    stickiness: isOn("stickiness.enabled") ? stickinessOf(attributes) : undefined,
    leastHealthy: threshold("unhealthy_state_routing"),
    leastHealthyForDns: threshold("dns_failover"),
    deregistrationDelay: seconds("deregistration_delay.timeout_seconds", 300),
    endsDeregistered: http || isOn("deregistration_delay.connection_termination.enabled"),
    endsUnhealthyAfter: isOn("target_health_state.unhealthy.connection_termination.enabled")
      ? 0
      : seconds("target_health_state.unhealthy.draining_interval_seconds", 0) || undefined,
  };
}

/** Whether so many healthy targets of so many are too few. */
export function tooFew(healthy: number, registered: number, { count, percentage }: Threshold): boolean {
  return healthy < count || healthy * 100 < percentage * registered;
}

function algorithmOf(type: string | undefined): GroupSettings["algorithm"] {
  return type === "least_outstanding_requests" || type === "weighted_random" ? type : "round_robin";
}

function stickinessOf(attributes: EdgeTargetGroup["attributes"]): GroupStickiness | undefined {
  switch (attributes["stickiness.type"]) {
    case "lb_cookie":
      return { type: "lb_cookie", seconds: Number(attributes["stickiness.lb_cookie.duration_seconds"] ?? 86_400) };
    case "app_cookie": {
      const name = attributes["stickiness.app_cookie.cookie_name"] ?? "";
      const seconds = Number(attributes["stickiness.app_cookie.duration_seconds"] ?? 86_400);
      return name === "" ? undefined : { type: "app_cookie", name, seconds };
    }
    case "source_ip":
    case "source_ip_dest_ip":
    case "source_ip_dest_ip_proto":
      return { type: "source_ip" };
    default:
      return undefined;
  }
}
