import { healthCheckLine } from "#edge/logs/health-line.ts";
import type { LoggedCheck } from "#edge/targets/health-board.ts";

/** The line of a health check in ALB's health check log. */
export function checkLine({ group, target, at, took, failure, code }: LoggedCheck): string {
  const { protocol, port } = group.healthCheck;
  return healthCheckLine({
    at,
    protocol: group.protocolVersion === "GRPC" ? "GRPC" : group.protocolVersion === "HTTP2" ? "H2" : protocol,
    latency: took,
    address: target.address,
    port: port === "traffic-port" ? target.port : Number(port),
    targetGroup: group.arn.split("/").at(-2) ?? group.arn,
    passed: failure === undefined,
    statusCode: code,
    reason: failure && REASONS[failure.reason],
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html */
const REASONS = {
  "Target.Timeout": "RequestTimedOut",
  "Target.ResponseCodeMismatch": "ResponseCodeMismatch",
  "Target.FailedHealthChecks": "TargetError",
} as const;
