import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "#aws/service.ts";
import { ALPN_POLICIES, type AlpnPolicy, type Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { availabilityZones, canonicalHostedZoneId, vpcId } from "#domain/balancers/regions.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { Attributes } from "#integrations/elbv2/attributes.ts";
import type { Pages } from "#integrations/elbv2/paging.ts";
import type { Tag } from "#integrations/elbv2/tags.ts";
import { showDefaultAction } from "./actions.ts";

export function showLoadBalancer(
  balancer: LoadBalancer & { readonly stateReason?: string | undefined },
): sdk.LoadBalancer {
  const { type, scheme, region, state, securityGroups } = balancer;
  return {
    LoadBalancerArn: balancer.arn,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: canonicalHostedZoneId(type, region),
    CreatedTime: balancer.createdAt,
    LoadBalancerName: balancer.name,
    Scheme: scheme,
    VpcId: vpcId(balancer),
    State: { Code: state, ...(balancer.stateReason === undefined ? {} : { Reason: balancer.stateReason }) },
    Type: type,
    AvailabilityZones: showZones(balancer),
    SecurityGroups: [...securityGroups],
    IpAddressType: "ipv4",
  };
}

/** Subnets are opaque here: each stands for a zone of its own. */
export function showZones({ region, subnets }: LoadBalancer): sdk.AvailabilityZone[] {
  const zones = availabilityZones(region, subnets.length);
  return subnets.map((SubnetId, index) => ({ ZoneName: zones[index], SubnetId, LoadBalancerAddresses: [] }));
}

export function showListener(listener: Listener): sdk.Listener {
  const { sslPolicy, alpnPolicy, defaultCertificate } = listener;
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    ...(defaultCertificate === undefined ? {} : { Certificates: [{ CertificateArn: defaultCertificate }] }),
    ...(sslPolicy === undefined ? {} : { SslPolicy: sslPolicy }),
    DefaultActions: [showDefaultAction(listener.defaultAction)],
    ...(alpnPolicy === undefined ? {} : { AlpnPolicy: [alpnPolicy] }),
    ...(listener.protocol === "HTTPS" ? { MutualAuthentication: { Mode: "off" } } : {}),
  };
}

export function showTargetGroup(group: TargetGroup): sdk.TargetGroup {
  const { protocol, healthCheck, loadBalancerArn } = group;
  const http = healthCheck.protocol !== "TCP";
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: healthCheck.enabled,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    ...(http ? { HealthCheckPath: healthCheck.path, Matcher: { HttpCode: healthCheck.matcher } } : {}),
    LoadBalancerArns: loadBalancerArn === undefined ? [] : [loadBalancerArn],
    TargetType: "ip",
    ...(protocol === "HTTP" || protocol === "HTTPS" ? { ProtocolVersion: "HTTP1" } : {}),
    IpAddressType: "ipv4",
  };
}

export function showAttributes(attributes: Attributes): { Key: string; Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

/** An attribute without a value empties it. */
export function readAttributes(
  given: readonly { readonly Key?: string; readonly Value?: string }[],
): readonly (readonly [string, string])[] {
  return given.map(({ Key = "", Value = "" }) => [Key, Value] as const);
}

export function readTags(given: readonly { readonly Key: string; readonly Value?: string }[] = []): readonly Tag[] {
  return given.map(({ Key, Value = "" }) => ({ key: Key, value: Value }));
}

export function showTags(tags: readonly Tag[]): sdk.Tag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

export function readPages({ Marker, PageSize }: { readonly Marker?: string; readonly PageSize?: number }): Pages {
  return { marker: Marker, pageSize: PageSize };
}

/** The one certificate of a list. Throws when there are more, or when it says whether it is the default. */
export function readCertificate(
  given: readonly { readonly CertificateArn?: string; readonly IsDefault?: boolean }[] | undefined,
): string | undefined {
  const arns = readCertificates(given ?? []);
  if (arns.length > 1) {
    throw new AwsError(
      "ValidationException",
      "You must provide exactly one certificate; AddListenerCertificates adds others",
    );
  }
  return arns[0];
}

export function readCertificates(
  given: readonly { readonly CertificateArn?: string; readonly IsDefault?: boolean }[],
): readonly string[] {
  return given.map(({ CertificateArn, IsDefault }) => {
    if (IsDefault !== undefined) throw new AwsError("ValidationException", "IsDefault cannot be specified");
    if (CertificateArn === undefined) {
      throw new AwsError("ValidationException", "A certificate ARN must be specified");
    }
    return CertificateArn;
  });
}

/** The one policy of a list; undefined for an empty list. Throws ALPNPolicyNotSupported for a name that is none. */
export function readAlpnPolicy(given: readonly string[]): AlpnPolicy | undefined {
  if (given.length > 1) throw new AwsError("ValidationException", "You can specify one ALPN policy");
  const name = given[0];
  const policy = ALPN_POLICIES.find((known) => known === name);
  if (name !== undefined && policy === undefined) {
    throw new AwsError(
      "ALPNPolicyNotSupportedException",
      `ALPN policy '${name}' is not one of ${ALPN_POLICIES.join(", ")}`,
    );
  }
  return policy;
}

/** Refuses what AWS has and this product does not, where leaving it out silently would be a lie. */
export function refuseUnserved(members: Readonly<Record<string, boolean>>): void {
  const unserved = Object.entries(members).find(([, given]) => given);
  if (unserved) {
    throw new AwsError("InvalidConfigurationRequestException", `${unserved[0]} is not available here: leave it out`);
  }
}
