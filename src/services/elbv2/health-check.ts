import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { GivenHealthCheck } from "#domain/balancers/health-checks.ts";

type Given = Omit<InputOf<typeof sdk, "ModifyTargetGroup">, "TargetGroupArn">;

/** What a request says of a health check. */
export function readHealthCheck(given: Given): GivenHealthCheck {
  const { HttpCode, GrpcCode } = given.Matcher ?? {};
  if (HttpCode !== undefined && GrpcCode !== undefined) {
    throw new AwsError("ValidationException", "A matcher can have HTTP codes or gRPC codes, but not both");
  }
  return {
    enabled: given.HealthCheckEnabled,
    protocol: readProtocol(given.HealthCheckProtocol),
    port: given.HealthCheckPort,
    path: given.HealthCheckPath,
    matcher: HttpCode ?? GrpcCode,
    codes: HttpCode !== undefined ? "HttpCode" : GrpcCode !== undefined ? "GrpcCode" : undefined,
    intervalSeconds: given.HealthCheckIntervalSeconds,
    timeoutSeconds: given.HealthCheckTimeoutSeconds,
    healthyThreshold: given.HealthyThresholdCount,
    unhealthyThreshold: given.UnhealthyThresholdCount,
  };
}

function readProtocol(given: sdk.ProtocolEnum | undefined): GivenHealthCheck["protocol"] {
  if (given === undefined || given === "HTTP" || given === "HTTPS" || given === "TCP") return given;
  throw new AwsError("ValidationException", `Health check protocol '${given}' must be one of 'HTTP, HTTPS, TCP'`);
}
