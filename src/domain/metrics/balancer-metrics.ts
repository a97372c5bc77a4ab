import { type LoadBalancerArn, parseArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";

export type MetricUnit = "Bytes" | "Count" | "Milliseconds" | "None" | "Seconds";

/** Whose metrics a load balancer's are, and under which namespace and value of the dimension LoadBalancer. */
export interface MeasuredBalancer {
  readonly owner: Owner;
  readonly namespace: BalancerNamespace;
  /** `app/web/0123456789abcdef` */
  readonly dimension: string;
}

export type BalancerNamespace = "AWS/ApplicationELB" | "AWS/NetworkELB";

/** What the ARN of a load balancer says of its metrics; undefined for what is none. */
export function measuredBalancer(arn: LoadBalancerArn): MeasuredBalancer | undefined {
  const { account, region, resource } = parseArn(arn) ?? {};
  const [, dimension, type] = /^loadbalancer\/((app|net)\/.+)$/.exec(resource ?? "") ?? [];
  if (account === undefined || region === undefined || dimension === undefined) return undefined;
  return { owner: { account, region }, namespace: type === "app" ? "AWS/ApplicationELB" : "AWS/NetworkELB", dimension };
}

/** `targetgroup/app/0123456789abcdef` of the ARN of a target group; undefined for what is none. */
export function targetGroupDimension(arn: string): string | undefined {
  const resource = parseArn(arn)?.resource;
  return resource?.startsWith("targetgroup/") ? resource : undefined;
}

/** The unit of a metric; undefined when CloudWatch has none of that name. */
export function balancerMetricUnit(namespace: string, name: string): MetricUnit | undefined {
  const names = Object.hasOwn(BALANCER_METRICS, namespace) ? BALANCER_METRICS[namespace as BalancerNamespace] : {};
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/**
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html and
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html (2026-09)
 */
export const BALANCER_METRICS: Readonly<Record<BalancerNamespace, Readonly<Record<string, MetricUnit>>>> = {
  "AWS/ApplicationELB": {
    ActiveConnectionCount: "Count",
    AnomalousHostCount: "Count",
    ClientTLSNegotiationErrorCount: "Count",
    DesyncMitigationMode_NonCompliant_Request_Count: "Count",
    DroppedInvalidHeaderRequestCount: "Count",
    ELBAuthError: "Count",
    ELBAuthFailure: "Count",
    ELBAuthLatency: "Milliseconds",
    ELBAuthRefreshTokenSuccess: "Count",
    ELBAuthSuccess: "Count",
    ELBAuthUserClaimsSizeExceeded: "Count",
    ForwardedInvalidHeaderRequestCount: "Count",
    GrpcRequestCount: "Count",
    HTTPCode_ELB_3XX_Count: "Count",
    HTTPCode_ELB_4XX_Count: "Count",
    HTTPCode_ELB_500_Count: "Count",
    HTTPCode_ELB_502_Count: "Count",
    HTTPCode_ELB_503_Count: "Count",
    HTTPCode_ELB_504_Count: "Count",
    HTTPCode_ELB_5XX_Count: "Count",
    HTTPCode_Target_2XX_Count: "Count",
    HTTPCode_Target_3XX_Count: "Count",
    HTTPCode_Target_4XX_Count: "Count",
    HTTPCode_Target_5XX_Count: "Count",
    HTTP_Fixed_Response_Count: "Count",
    HTTP_Redirect_Count: "Count",
    HTTP_Redirect_Url_Limit_Exceeded_Count: "Count",
    HealthyHostCount: "Count",
    IPv6ProcessedBytes: "Bytes",
    IPv6RequestCount: "Count",
    JWTValidationFailureCount: "Count",
    JWTValidationSuccessCount: "Count",
    MitigatedHostCount: "Count",
    NewConnectionCount: "Count",
    NonStickyRequestCount: "Count",
    ProcessedBytes: "Bytes",
    RejectedConnectionCount: "Count",
    RequestCount: "Count",
    RequestCountPerTarget: "Count",
    RuleEvaluations: "Count",
    TargetConnectionErrorCount: "Count",
    TargetResponseTime: "Seconds",
    TargetTLSNegotiationErrorCount: "Count",
    UnHealthyHostCount: "Count",
    UnhealthyRoutingRequestCount: "Count",
  },
  "AWS/NetworkELB": {
    ActiveFlowCount: "Count",
    ActiveFlowCount_TCP: "Count",
    ActiveFlowCount_TLS: "Count",
    ActiveFlowCount_UDP: "Count",
    ClientTLSNegotiationErrorCount: "Count",
    HealthyHostCount: "Count",
    NewFlowCount: "Count",
    NewFlowCount_TCP: "Count",
    NewFlowCount_TLS: "Count",
    NewFlowCount_UDP: "Count",
    PeakPacketsPerSecond: "Count",
    PortAllocationErrorCount: "Count",
    ProcessedBytes: "Bytes",
    ProcessedBytes_TCP: "Bytes",
    ProcessedBytes_TLS: "Bytes",
    ProcessedBytes_UDP: "Bytes",
    ProcessedPackets: "Count",
    RejectedFlowCount: "Count",
    RejectedFlowCount_TCP: "Count",
    SecurityGroupBlockedFlowCount_Inbound_TCP: "Count",
    SecurityGroupBlockedFlowCount_Inbound_UDP: "Count",
    TCP_Client_Reset_Count: "Count",
    TCP_ELB_Reset_Count: "Count",
    TCP_Target_Reset_Count: "Count",
    TargetTLSNegotiationErrorCount: "Count",
    UnHealthyHostCount: "Count",
    UnhealthyRoutingFlowCount: "Count",
  },
};
