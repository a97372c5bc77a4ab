import { endpoint, isoMicros, plain } from "./text.ts";

/** What the health check log says of one check. */
export interface HealthCheckFacts {
  readonly at: number;
  readonly protocol: "HTTP" | "HTTPS" | "H2" | "GRPC" | "TCP";
  /** In milliseconds. */
  readonly latency: number;
  readonly address: string;
  readonly port: number;
  /** The target group's name. */
  readonly targetGroup: string;
  readonly passed: boolean;
  readonly statusCode: number | undefined;
  /** For example `RequestTimedOut`. */
  readonly reason: string | undefined;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html */
export function healthCheckLine(facts: HealthCheckFacts): string {
  return (
    `${facts.protocol.toLowerCase()} ${isoMicros(facts.at)} ${(facts.latency / 1000).toFixed(9)} ` +
    `${endpoint(facts.address, facts.port)} ${plain(facts.targetGroup)} ${facts.passed ? "PASS" : "FAIL"} ` +
    `${facts.statusCode ?? "-"} ${plain(facts.reason)}\n`
  );
}
