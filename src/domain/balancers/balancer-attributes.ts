import type { BalancerType } from "#domain/tls/policies.ts";
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
  };
}

const NO_ZONES = "there are no zones here to choose between";
const NO_S3 = "there is no S3 here to write these logs to";
const bucket = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "is not a bucket name");
const prefix = text(/^[\x20-\x7e]{1,1024}$/, "is not a prefix");

const logs = (kind: string): AttributeTable => ({
  [`${kind}.s3.enabled`]: fixed("false", NO_S3),
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
    "client_keep_alive.seconds": fixed("3600", "the edge does not limit how long a client may keep its connection"),
    "idle_timeout.timeout_seconds": whole("60", 1, 4000),
    "load_balancing.cross_zone.enabled": fixed("true", "cross-zone load balancing is always on here"),
    "routing.http.desync_mitigation_mode": oneOfServed("defensive", ["defensive", "strictest"], {
      monitor: "the edge always refuses requests that can be read in two ways",
    }),
    "routing.http.drop_invalid_header_fields.enabled": flag(false),
    "routing.http.preserve_host_header.enabled": flag(false),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": flag(false),
    "routing.http.xff_client_port.enabled": flag(false),
    "routing.http.xff_header_processing.mode": oneOf("append", ["append", "preserve", "remove"]),
    "routing.http2.enabled": flag(true),
    "waf.fail_open.enabled": flag(false),
  },
  network: {
    ...SHARED,
    "dns_record.client_routing_policy": fixed("any_availability_zone", NO_ZONES),
    "load_balancing.cross_zone.enabled": flag(false),
    "secondary_ips.auto_assigned.per_subnet": fixed("0", "a load balancer has one address here"),
  },
};
