import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "#aws/service.ts";
import { ALPN_POLICIES, type AlpnPolicy, type Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { isHttp } from "#domain/balancers/protocols.ts";
import { canonicalHostedZoneId } from "#domain/balancers/regions.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { Attributes } from "#integrations/elbv2/attributes.ts";
import type { DescribedBalancer } from "#integrations/elbv2/find-load-balancers.ts";
import type { GivenMutualAuthentication } from "#integrations/elbv2/mutual-authentication.ts";
import type { Pages } from "#integrations/elbv2/paging.ts";
import type { Tag } from "#integrations/elbv2/tags.ts";
import { showAction } from "./actions.ts";

export function showLoadBalancer(
  balancer: LoadBalancer & Partial<Pick<DescribedBalancer, "stateReason" | "zoneAddresses">>,
): sdk.LoadBalancer {
  const { type, scheme, region, state, securityGroups } = balancer;
  return {
    LoadBalancerArn: balancer.arn,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: canonicalHostedZoneId(type, region),
    CreatedTime: balancer.createdAt,
    LoadBalancerName: balancer.name,
    Scheme: scheme,
    VpcId: balancer.vpcId,
    State: { Code: state, ...(balancer.stateReason === undefined ? {} : { Reason: balancer.stateReason }) },
    Type: type,
    AvailabilityZones: showZones(balancer),
    SecurityGroups: [...securityGroups],
    IpAddressType: "ipv4",
  };
}

/** Network Load Balancers have static addresses in their zones: those of the edges there. */
export function showZones({
  type,
  zones,
  subnets,
  zoneAddresses = new Map(),
}: Pick<LoadBalancer, "type" | "zones" | "subnets"> &
  Partial<Pick<DescribedBalancer, "zoneAddresses">>): sdk.AvailabilityZone[] {
  return subnets.map((SubnetId, index) => {
    const addresses = type === "network" ? (zoneAddresses.get(zones[index] ?? "") ?? []) : [];
    return {
      ZoneName: zones[index],
      SubnetId,
      LoadBalancerAddresses: addresses.map((IpAddress: string) => ({ IpAddress })),
    };
  });
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
    DefaultActions: listener.defaultActions.map(showAction),
    ...(alpnPolicy === undefined ? {} : { AlpnPolicy: [alpnPolicy] }),
    ...(listener.protocol === "HTTPS" || listener.mutualAuthentication
      ? { MutualAuthentication: showMutual(listener.mutualAuthentication) }
      : {}),
  };
}

function showMutual(mutual: Listener["mutualAuthentication"]): sdk.MutualAuthenticationAttributes {
  if (mutual?.mode !== "verify") return { Mode: mutual?.mode ?? "off" };
  return {
    Mode: mutual.mode,
    TrustStoreArn: mutual.trustStoreArn,
    IgnoreClientCertificateExpiry: mutual.ignoreExpiry,
    TrustStoreAssociationStatus: "active",
    AdvertiseTrustStoreCaNames: mutual.advertiseCaNames ? "on" : "off",
  };
}

export function showTargetGroup(group: TargetGroup): sdk.TargetGroup {
  const { protocol, protocolVersion, healthCheck, loadBalancerArn } = group;
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
    ...(http ? { HealthCheckPath: healthCheck.path, Matcher: showMatcher(group) } : {}),
    LoadBalancerArns: loadBalancerArn === undefined ? [] : [loadBalancerArn],
    TargetType: group.targetType,
    ...(isHttp(protocol) ? { ProtocolVersion: protocolVersion } : {}),
    IpAddressType: "ipv4",
  };
}

function showMatcher({ protocolVersion, healthCheck: { matcher } }: TargetGroup): sdk.Matcher {
  return protocolVersion === "GRPC" ? { GrpcCode: matcher } : { HttpCode: matcher };
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

/** How clients prove who they are. Throws ValidationError for parts that do not go together. */
export function readMutual(
  given: sdk.MutualAuthenticationAttributes | undefined,
): GivenMutualAuthentication | undefined {
  if (given === undefined) return undefined;
  const { Mode: mode = "off", TrustStoreArn, IgnoreClientCertificateExpiry, AdvertiseTrustStoreCaNames } = given;
  if (mode !== "off" && mode !== "passthrough" && mode !== "verify") {
    throw wrong(`Mutual authentication mode '${mode}' must be one of 'off, passthrough, verify'`);
  }
  if (mode === "verify") {
    if (TrustStoreArn === undefined) throw wrong("A trust store ARN must be specified for the mode 'verify'");
    return {
      mode,
      trustStoreArn: TrustStoreArn,
      ignoreExpiry: IgnoreClientCertificateExpiry ?? false,
      advertiseCaNames: AdvertiseTrustStoreCaNames === "on",
    };
  }
  const more = { TrustStoreArn, IgnoreClientCertificateExpiry, AdvertiseTrustStoreCaNames };
  // Terraform says `false` and `off` in every mode.
  const named = Object.entries(more).find(([, value]) => value !== undefined && value !== false && value !== "off");
  if (named) throw wrong(`${named[0]} can only be specified for the mutual authentication mode 'verify'`);
  return mode === "off" ? "off" : { mode };
}

function wrong(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

/** Refuses what AWS has and this product does not, where leaving it out silently would be a lie. */
export function refuseUnserved(members: Readonly<Record<string, boolean>>): void {
  const unserved = Object.entries(members).find(([, given]) => given);
  if (unserved) {
    throw new AwsError("InvalidConfigurationRequestException", `${unserved[0]} is not available here: leave it out`);
  }
}
