import { describe, expect, it } from "vitest";
import { type AttributeOwner, changedAttributes, everyAttribute } from "./attributes.ts";
import { balancerAttributes } from "./balancer-attributes.ts";
import { listenerAttributes } from "./listener-attributes.ts";
import { targetGroupAttributes } from "./target-group-attributes.ts";

const alb = balancerAttributes("application", "internet-facing");
const nlb = balancerAttributes("network", "internal");
const http = targetGroupAttributes({ protocol: "HTTP" });
const tls = targetGroupAttributes({ protocol: "TLS" });
const udp = targetGroupAttributes({ protocol: "UDP" });
const https = listenerAttributes("HTTPS");
const EVERY: readonly [string, AttributeOwner][] = [
  ["an Application Load Balancer", alb],
  ["a Network Load Balancer", nlb],
  ["an HTTP target group", targetGroupAttributes({ protocol: "HTTP" })],
  ["a UDP target group", udp],
  ["a TCP_UDP target group", targetGroupAttributes({ protocol: "TCP_UDP" })],
  ["a listener for datagrams", listenerAttributes("UDP")],
  ["a TLS target group", targetGroupAttributes({ protocol: "TLS" })],
  ["a listener of an Application Load Balancer", listenerAttributes("HTTPS")],
  ["a listener of a Network Load Balancer", listenerAttributes("TCP")],
];

describe.for(EVERY)("the attributes of %s", ([, owner]) => {
  it("all take their own defaults", () => {
    const standard = everyAttribute(owner.table, {});
    expect(changedAttributes(owner, {}, Object.entries(standard))).toEqual(standard);
  });

  it("are refused with ValidationError when nobody knows them", () => {
    for (const key of ["idle_timeout", "constructor", "__proto__"]) {
      expect(() => changedAttributes(owner, {}, [[key, "1"]])).toThrow(`attribute key '${key}' is not recognized`);
    }
  });
});

it("keep what is not changed", () => {
  const set = changedAttributes(alb, { "routing.http2.enabled": "false" }, [["idle_timeout.timeout_seconds", "4000"]]);
  expect(everyAttribute(alb.table, set)).toMatchObject({
    "routing.http2.enabled": "false",
    "idle_timeout.timeout_seconds": "4000",
    "routing.http.xff_header_processing.mode": "append",
  });
});

it("deny the internet gateway by default where the load balancer is internal", () => {
  expect(everyAttribute(nlb.table, {})["ipv6.deny_all_igw_traffic"]).toBe("true");
  expect(everyAttribute(alb.table, {})["ipv6.deny_all_igw_traffic"]).toBe("false");
});

const REFUSED: readonly [AttributeOwner, string, string, string, string][] = [
  [alb, "idle_timeout.timeout_seconds", "4001", "balancer-input-invalid", "must be between '1-4000' inclusive"],
  [alb, "idle_timeout.timeout_seconds", "1.5", "balancer-input-invalid", "must be between '1-4000' inclusive"],
  [alb, "routing.http2.enabled", "yes", "balancer-input-invalid", "must be one of [true, false]"],
  [alb, "load_balancing.cross_zone.enabled", "false", "balancer-input-invalid", "always on"],
  [
    alb,
    "access_logs.s3.enabled",
    "true",
    "balancer-configuration-invalid",
    "'access_logs.s3.bucket' must be specified",
  ],
  [alb, "access_logs.s3.prefix", "a/../b", "balancer-input-invalid", "is not a prefix"],
  [alb, "client_keep_alive.seconds", "59", "balancer-input-invalid", "'60-604800' inclusive"],
  [alb, "waf.fail_open.enabled", "true", "balancer-input-invalid", "there is no WAF here"],
  [
    alb,
    "dns_record.client_routing_policy",
    "any_availability_zone",
    "balancer-configuration-invalid",
    "attribute key 'dns_record.client_routing_policy' is not supported on load balancers with type 'application'",
  ],
  [nlb, "routing.http2.enabled", "true", "balancer-configuration-invalid", "is not supported on load balancers"],
  [
    targetGroupAttributes({ protocol: "TCP" }),
    "slow_start.duration_seconds",
    "30",
    "balancer-configuration-invalid",
    "'TCP' protocol",
  ],
  [http, "slow_start.duration_seconds", "29", "balancer-input-invalid", "'30-900' inclusive"],
  [http, "load_balancing.algorithm.anomaly_mitigation", "on", "balancer-configuration-invalid", "round_robin"],
  [tls, "stickiness.enabled", "true", "balancer-input-invalid", "not supported for TLS"],
  [udp, "preserve_client_ip.enabled", "true", "balancer-input-invalid", "edge's own address"],
  [
    tls,
    "target_health_state.unhealthy.draining_interval_seconds",
    "1",
    "balancer-configuration-invalid",
    "connection_termination.enabled' is 'false'",
  ],
  [
    http,
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
    "2",
    "balancer-configuration-invalid",
    "at least that for unhealthy state routing",
  ],
  [
    https,
    "routing.http.request.x_amzn_tls_version.header_name",
    "Host",
    "balancer-input-invalid",
    "meaning of its own",
  ],
  [
    https,
    "routing.http.request.x_amzn_tls_version.header_name",
    "x-amzn-tls-cipher-suite",
    "balancer-configuration-invalid",
    "more than one header",
  ],
  [https, "routing.http.response.x_frame_options.header_value", "a\r\nb", "balancer-input-invalid", "must be DENY"],
  [listenerAttributes("TLS"), "tcp.idle_timeout.seconds", "60", "balancer-input-invalid", "cannot be changed"],
  [listenerAttributes("UDP"), "tcp.idle_timeout.seconds", "60", "balancer-configuration-invalid", "'UDP' protocol"],
  [
    targetGroupAttributes({ protocol: "HTTP" }),
    "load_balancing.algorithm.type",
    "x",
    "balancer-input-invalid",
    "must be one of",
  ],
  [
    targetGroupAttributes({ protocol: "HTTP" }),
    "stickiness.app_cookie.cookie_name",
    "AWSALBTG",
    "balancer-input-invalid",
    "reserved",
  ],
  [
    targetGroupAttributes({ protocol: "TCP" }),
    "preserve_client_ip.enabled",
    "true",
    "balancer-input-invalid",
    "proxy_protocol_v2",
  ],
];

it.for(REFUSED)("refuse %$: %s %s", ([owner, key, value, code, message]) => {
  expect(() => changedAttributes(owner, {}, [[key, value]])).toThrow(expect.objectContaining({ code }));
  expect(() => changedAttributes(owner, {}, [[key, value]])).toThrow(message);
});

it("refuse a key that is named twice", () => {
  const twice = [["idle_timeout.timeout_seconds", "1"]] as const;
  expect(() => changedAttributes(alb, {}, [...twice, ...twice])).toThrow("more than once");
});
