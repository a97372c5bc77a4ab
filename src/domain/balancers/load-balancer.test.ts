import { describe, expect, it } from "vitest";
import { parseRegion } from "#domain/names.ts";
import { type BalancerSettings, balancerDnsName, checkSettings, sameSettings } from "./load-balancer.ts";
import { checkBalancerName } from "./names.ts";
import { canonicalHostedZoneId } from "./regions.ts";
import { checkTargetId, checkTargetZone } from "./targets.ts";

const REGION = parseRegion("eu-west-1")!;
const settings: BalancerSettings = {
  name: "web",
  type: "application",
  scheme: "internet-facing",
  subnets: ["subnet-0123abcd", "subnet-0123456789abcdef0"],
  securityGroups: ["sg-0123abcd"],
};

describe("the name of a load balancer", () => {
  it.for(["a", "a-b", "A1", "x".repeat(32)])("may be %s", (name) => {
    expect(() => checkBalancerName(name)).not.toThrow();
  });

  it.for([
    ["", "cannot be empty"],
    ["x".repeat(33), "cannot be longer than '32' characters"],
    ["a_b", "can only contain characters that are alphanumeric characters and hyphens"],
    ["-a", "cannot begin or end with '-'"],
    ["a-", "cannot begin or end with '-'"],
    ["internal-a", "cannot begin with 'internal-'"],
  ] as const)("may not be '%s': ValidationError", ([name, message]) => {
    expect(() => checkBalancerName(name)).toThrow(message);
  });
});

describe("the settings of a load balancer", () => {
  it("are the same in any order of subnets", () => {
    expect(() => checkSettings(settings)).not.toThrow();
    expect(sameSettings(settings, { ...settings, subnets: settings.subnets.toReversed() })).toBe(true);
    expect(sameSettings(settings, { ...settings, securityGroups: [] })).toBe(false);
  });

  it.for<[Partial<BalancerSettings>, string]>([
    [{ subnets: [] }, "You must specify subnets"],
    [{ subnets: ["subnet-0123abcd"] }, "At least two subnets in two different Availability Zones"],
    [{ subnets: ["subnet-0123abcd", "subnet-0123abcd"] }, "more than once"],
    [{ subnets: ["subnet-1", "subnet-0123abcd"] }, "'subnet-1' is not valid"],
    [{ securityGroups: ["web"] }, "'web' is not valid"],
  ])("are refused: %j", ([change, message]) => {
    expect(() => checkSettings({ ...settings, ...change })).toThrow(message);
  });

  it("need one subnet for a Network Load Balancer", () => {
    expect(() => checkSettings({ ...settings, type: "network", subnets: ["subnet-0123abcd"] })).not.toThrow();
  });
});

it("has a DNS name in lower case that says whether it is internal", () => {
  const name = balancerDnsName({ name: "Web", scheme: "internal", region: REGION }, "42", "sealkeeper.internal");
  expect(name).toBe("internal-web-42.eu-west-1.elb.sealkeeper.internal");
});

it("has AWS's hosted zone id of its region, and a constant one where AWS has no region", () => {
  expect(canonicalHostedZoneId("application", REGION)).toBe("Z32O12XQLNTSW2");
  expect(canonicalHostedZoneId("network", REGION)).toBe("Z2IFOLAFXWLO4F");
  const own = canonicalHostedZoneId("network", parseRegion("xx-home-1")!);
  expect(own).toMatch(/^Z[0-9A-F]{13}$/);
  expect(canonicalHostedZoneId("network", parseRegion("xx-home-1")!)).toBe(own);
});

it.for([
  ["10.0.0.256", "is not a valid IPv4 address"],
  ["web.example.com", "is not a valid IPv4 address"],
  ["i-0123abcd", "is not a valid IPv4 address"],
  ["0.0.0.0", "it is not the address of one host"],
  ["169.254.169.254", "it is not the address of one host"],
  ["224.0.0.1", "it is not the address of one host"],
  ["255.255.255.255", "it is not the address of one host"],
] as const)("does not take %s as a target", ([id, message]) => {
  expect(() => checkTargetId("ip", id)).toThrow(message);
});

it("takes instances by their ids and load balancers by their ARNs, where that is what targets are", () => {
  const alb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/0123456789abcdef";
  expect(() => checkTargetId("instance", "i-0123456789abcdef0")).not.toThrow();
  expect(() => checkTargetId("alb", alb)).not.toThrow();
  expect(() => checkTargetId("instance", "10.0.0.1")).toThrow("The instance ID '10.0.0.1' is not valid");
  expect(() => checkTargetId("alb", alb.replace("/app/", "/net/"))).toThrow("is not the ARN of an Application");
  expect(() => checkTargetZone("ip", "all", REGION)).not.toThrow();
  expect(() => checkTargetZone("ip", "eu-west-1c", REGION)).not.toThrow();
  expect(() => checkTargetZone("ip", "us-east-1a", REGION)).toThrow("must be 'all' or a zone of eu-west-1");
  expect(() => checkTargetZone("instance", "all", REGION)).toThrow("target type 'instance'");
});
