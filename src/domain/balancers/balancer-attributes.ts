import type { BalancerType } from "#domain/tls/policies.ts";
import { type AttributeOwner, type AttributeTable, fixed, flag, oneOf, text, whole } from "./attributes.ts";
import type { Scheme } from "./load-balancer.ts";

/** The attributes of a load balancer of that type and scheme. */
export function balancerAttributes(type: BalancerType, scheme: Scheme): AttributeOwner {
  const denyGateway = { "ipv6.deny_all_igw_traffic": flag(scheme === "internal") };
  const table = { ...TABLES[type], ...denyGateway };
  return {
    resource: "Load balancer",
    on: `load balancers with type '${type}'`,
    table,
    elsewhere: Object.values(TABLES),
    conflict: (attributes) =>
      LOGS.map((kind) => withoutBucket(kind, attributes)).find((problem) => problem !== undefined),
  };
}

/** Logs that are written must be written somewhere. */
function withoutBucket(kind: string, attributes: Readonly<Record<string, string>>): string | undefined {
  if (attributes[`${kind}.s3.enabled`] !== "true" || attributes[`${kind}.s3.bucket`] !== "") return undefined;
  return `'${kind}.s3.bucket' must be specified when '${kind}.s3.enabled' is 'true'`;
}

const LOGS = ["access_logs", "connection_logs", "health_check_logs"] as const;
const NO_ZONES = "there are no zones here to choose between";
const bucket = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not a bucket name");
// A part of a path where logs are kept: it leads nowhere else.
const prefix = text(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.\-!*'()/]{1,512}$/, "is not a prefix of paths in a bucket");

const logs = (kind: (typeof LOGS)[number]): AttributeTable => ({
  [`${kind}.s3.enabled`]: flag(false),
  [`${kind}.s3.bucket`]: bucket,
  [`${kind}.s3.prefix`]: prefix,
});

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html (2026-09) */
const SHARED: AttributeTable = {
  ...logs("access_logs"),
  "deletion_protection.enabled": flag(false),
  "ipv6.deny_all_igw_traffic": flag(false),
  "zonal_shift.config.enabled": fixed("false", NO_ZONES),
};

const TABLES: Readonly<Record<BalancerType, AttributeTable>> = {
  application: {
    ...SHARED,
    ...logs("connection_logs"),
    ...logs("health_check_logs"),
    "client_keep_alive.seconds": whole("3600", 60, 604_800),
    "idle_timeout.timeout_seconds": whole("60", 1, 4000),
    "load_balancing.cross_zone.enabled": fixed("true", "cross-zone load balancing is always on, as on AWS"),
    "routing.http.desync_mitigation_mode": oneOf("defensive", ["monitor", "defensive", "strictest"]),
    "routing.http.drop_invalid_header_fields.enabled": flag(false),
    "routing.http.preserve_host_header.enabled": flag(false),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": flag(false),
    "routing.http.xff_client_port.enabled": flag(false),
    "routing.http.xff_header_processing.mode": oneOf("append", ["append", "preserve", "remove"]),
    "routing.http2.enabled": flag(true),
    "waf.fail_open.enabled": fixed("false", "there is no WAF here that could fail"),
  },
  network: {
    ...SHARED,
    // With one address all of them mean the same.
    "dns_record.client_routing_policy": oneOf("any_availability_zone", [
      "any_availability_zone",
      "availability_zone_affinity",
      "partial_availability_zone_affinity",
    ]),
    "load_balancing.cross_zone.enabled": flag(false),
    "secondary_ips.auto_assigned.per_subnet": fixed("0", "a load balancer has one address here"),
  },
};
