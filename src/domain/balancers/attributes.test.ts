import { describe, expect, it } from "vitest";
import { type AttributeOwner, changedAttributes, everyAttribute } from "./attributes.ts";
import { balancerAttributes } from "./balancer-attributes.ts";
import { listenerAttributes } from "./listener-attributes.ts";
import { targetGroupAttributes } from "./target-group-attributes.ts";

const alb = balancerAttributes("application", "internet-facing");
const nlb = balancerAttributes("network", "internal");
const EVERY: readonly [string, AttributeOwner][] = [
  ["an Application Load Balancer", alb],
  ["a Network Load Balancer", nlb],
  ["an HTTP target group", targetGroupAttributes("HTTP")],
  ["a TLS target group", targetGroupAttributes("TLS")],
  ["a listener of an Application Load Balancer", listenerAttributes("application")],
  ["a listener of a Network Load Balancer", listenerAttributes("network")],
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
  [alb, "access_logs.s3.enabled", "true", "balancer-input-invalid", "there is no S3 here"],
  [
    alb,
    "dns_record.client_routing_policy",
    "any_availability_zone",
    "balancer-configuration-invalid",
    "attribute key 'dns_record.client_routing_policy' is not supported on load balancers with type 'application'",
  ],
  [nlb, "routing.http2.enabled", "true", "balancer-configuration-invalid", "is not supported on load balancers"],
  [
    targetGroupAttributes("TCP"),
    "slow_start.duration_seconds",
    "30",
    "balancer-configuration-invalid",
    "'TCP' protocol",
  ],
  [
    targetGroupAttributes("HTTP"),
    "load_balancing.algorithm.type",
    "weighted_random",
    "balancer-input-invalid",
    "does not weigh",
  ],
  [targetGroupAttributes("HTTP"), "stickiness.enabled", "true", "balancer-input-invalid", "does not keep clients"],
  [targetGroupAttributes("HTTP"), "load_balancing.algorithm.type", "x", "balancer-input-invalid", "must be one of"],
  [
    targetGroupAttributes("HTTP"),
    "stickiness.app_cookie.cookie_name",
    "AWSALBTG",
    "balancer-input-invalid",
    "reserved",
  ],
  [targetGroupAttributes("TCP"), "preserve_client_ip.enabled", "true", "balancer-input-invalid", "proxy_protocol_v2"],
];

it.for(REFUSED)("refuse %$: %s %s", ([owner, key, value, code, message]) => {
  expect(() => changedAttributes(owner, {}, [[key, value]])).toThrow(expect.objectContaining({ code }));
  expect(() => changedAttributes(owner, {}, [[key, value]])).toThrow(message);
});

it("refuse a key that is named twice", () => {
  const twice = [["idle_timeout.timeout_seconds", "1"]] as const;
  expect(() => changedAttributes(alb, {}, [...twice, ...twice])).toThrow("more than once");
});
