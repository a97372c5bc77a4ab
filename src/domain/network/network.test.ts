import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRegion } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { isInNetwork, parseIpNetwork } from "#lib/ip-network.ts";
import { isWithin, overlap, parseBlock, parseBlock6 } from "./cidr.ts";
import { hostAddressOf } from "./host.ts";
import { kindOf, newId } from "./ids.ts";
import { checkGroupWords, checkRuleDescription, edgeIngress, type RuleMatch, rulePorts } from "./security-group.ts";
import { checkNetworkTags } from "./tags.ts";
import { freeAddresses, freeDefaultBlock, type Subnet } from "./vpc.ts";
import { findZone, zonesOf } from "./zones.ts";

const refusal = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
};

describe("blocks of addresses", () => {
  test.for([
    ["10.0.0.0/16", "10.0.0.0/16"],
    ["100.68.0.18/18", "100.68.0.0/18"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["1.2.3.4/0", "0.0.0.0/0"],
    ["10.0.0.0", undefined],
    ["10.0.0.0/33", undefined],
    ["10.0.0.0/+8", undefined],
    ["10.0.0.0/8 ", undefined],
    ["10.00.0.0/8", undefined],
    ["10.0.0/8", undefined],
    ["::/0", undefined],
  ] as const)("%s is %s", ([text, expected]) => {
    expect(parseBlock(text)?.text).toBe(expected);
  });

  test.for([
    ["2001:DB8::1/32", "2001:db8::/32"],
    ["::/0", "::/0"],
    ["fe80::1/64", "fe80::/64"],
    ["fe80::1/128", "fe80::1/128"],
    ["2001:db8::/129", undefined],
    ["10.0.0.0/8", undefined],
    ["2001:db8::", undefined],
    ["gg::/8", undefined],
  ] as const)("%s is %s", ([text, expected]) => {
    expect(parseBlock6(text)).toBe(expected);
  });

  const block = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([address, bits]) => parseBlock(`${address}/${bits}`)!);

  test("have the addresses that begin with their bits, and overlap when one holds the other", () => {
    fc.assert(
      fc.property(block, block, fc.ipV4(), (one, other, address) => {
        const number = parseBlock(`${address}/32`)!;
        expect(isWithin(number, one)).toBe(isInNetwork(address, parseIpNetwork(one.text)!));
        expect(overlap(one, other)).toBe(overlap(other, one));
        expect(overlap(one, other)).toBe(isWithin(one, other) || isWithin(other, one));
        expect(parseBlock(one.text)).toEqual(one);
      }),
    );
  });

  test("any text is a block or none", () => {
    fc.assert(fc.property(fc.string(), (text) => void [parseBlock(text), parseBlock6(text)]));
    const address = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));
    fc.assert(
      fc.property(address, ([text, bits]) => {
        const parsed = parseBlock6(`${text}/${bits}`)!;
        expect(parseBlock6(parsed)).toBe(parsed);
      }),
    );
  });

  test("EC2 keeps five addresses of a subnet", () => {
    expect(freeAddresses({ cidrBlock: "10.0.0.0/24" }, 0)).toBe(251);
    expect(freeAddresses({ cidrBlock: "10.0.0.0/28" }, 12)).toBe(0);
    const taken = ["172.31.0.0/20", "172.31.16.0/24"].map((cidrBlock) => ({ cidrBlock }) as Subnet);
    expect(freeDefaultBlock(taken)).toBe("172.31.32.0/20");
    expect(freeDefaultBlock([{ cidrBlock: "172.31.0.0/16" } as Subnet])).toBeUndefined();
  });
});

test.for([
  ["eu-west-1", "euw1-az1"],
  ["us-east-1", "use1-az1"],
  ["ap-southeast-2", "apse2-az1"],
  ["ca-central-1", "cac1-az1"],
  ["us-gov-west-1", "usgw1-az1"],
  ["me-south-1", "mes1-az1"],
] as const)("the first zone of %s has the id %s", ([name, id]) => {
  const region = parseRegion(name)!;
  expect(zonesOf(region)[0]).toEqual({ name: `${name}a`, id });
  expect(findZone(region, id)?.name).toBe(`${name}a`);
  expect(findZone(region, `${name}d`)).toBeUndefined();
});

describe("rules of security groups", () => {
  const ports = (protocol: string | undefined, fromPort?: number, toPort?: number) => () =>
    rulePorts({ protocol, fromPort, toPort });

  test.for([
    [ports("TCP", 1, 2), { protocol: "tcp", fromPort: 1, toPort: 2 }],
    [ports("17", 53, 53), { protocol: "udp", fromPort: 53, toPort: 53 }],
    [ports("tcp", -1, -1), { protocol: "tcp", fromPort: 0, toPort: 65_535 }],
    [ports("all", 1, 2), { protocol: "-1", fromPort: -1, toPort: -1 }],
    [ports("icmp", 8, 0), { protocol: "icmp", fromPort: 8, toPort: 0 }],
    [ports("icmp"), { protocol: "icmp", fromPort: -1, toPort: -1 }],
    [ports("050"), { protocol: "50", fromPort: -1, toPort: -1 }],
  ] as const)("%j", ([read, expected]) => {
    expect(read()).toEqual(expected);
  });

  test.for([
    [ports(undefined), "network-parameter-missing"],
    [ports("tpc"), "network-value-invalid"],
    [ports("constructor"), "network-value-invalid"],
    [ports("256"), "network-value-invalid"],
    [ports("tcp"), "group-rule-malformed"],
    [ports("tcp", 2, 1), "group-rule-malformed"],
    [ports("tcp", 0, 65_536), "network-value-invalid"],
    [ports("tcp", -1, 80), "network-value-invalid"],
    [ports("icmp", 256, 0), "network-value-invalid"],
    [ports("icmp", -1, 3), "network-value-invalid"],
  ] as const)("are refused: %j, %s", ([read, expected]) => {
    expect(refusal(read)).toBe(expected);
  });

  const rule = (protocol: string, source: string, fromPort = 443, toPort = 443): RuleMatch => ({
    protocol,
    fromPort,
    toPort,
    sourceKind: source.startsWith("sg-") ? "group" : source.includes(":") ? "ipv6" : "ipv4",
    source,
  });

  test("become what an edge lets in: each block once, members by their addresses, nothing without ports", () => {
    const rules = [
      rule("tcp", "sg-1"),
      rule("tcp", "10.0.0.0/8"),
      rule("tcp", "10.0.0.0/8"),
      rule("-1", "::/0", -1, -1),
      rule("icmp", "0.0.0.0/0", 8, 0),
      rule("50", "0.0.0.0/0", -1, -1),
      rule("tcp", "sg-2"),
    ];
    expect(edgeIngress(rules, new Map([["sg-1", ["192.0.2.1", "192.0.2.2"]]]))).toEqual([
      { protocol: "tcp", fromPort: 443, toPort: 443, cidr: "10.0.0.0/8" },
      { protocol: "any", fromPort: 0, toPort: 65_535, cidr: "::/0" },
      { protocol: "tcp", fromPort: 443, toPort: 443, cidr: "192.0.2.1/32" },
      { protocol: "tcp", fromPort: 443, toPort: 443, cidr: "192.0.2.2/32" },
    ]);
    const many = Array.from({ length: 20_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const bounded = edgeIngress([rule("tcp", "sg-1"), rule("tcp", "192.0.2.0/24")], new Map([["sg-1", many]]));
    expect([bounded.length, bounded[0]?.cidr]).toEqual([10_000, "192.0.2.0/24"]);
  });

  test("and their groups are described in EC2's alphabet", () => {
    expect(refusal(() => checkGroupWords("web-1 (a/b)", "x"))).toBe("none");
    expect(refusal(() => checkGroupWords("Default", "x"))).toBe("group-name-reserved");
    expect(refusal(() => checkGroupWords("a<b", "x"))).toBe("network-value-invalid");
    expect(refusal(() => checkRuleDescription("über"))).toBe("network-value-invalid");
    expect(refusal(() => checkRuleDescription(""))).toBe("none");
  });
});

test("ids say what they are of", () => {
  const ids = { uuid: () => "", hex: (count: number) => "0123456789abcdef0123456789abcdef".slice(0, 2 * count) };
  expect(newId("vpc", ids)).toBe("vpc-0123456789abcdef0");
  expect(kindOf("vpc-0123456789abcdef0")).toBe("vpc");
  expect(kindOf("sgr-0123abcd")).toBe("security-group-rule");
  for (const text of ["vpc-0123456789ABCDEF0", "vpc-", "x-0123abcd", "", "vpc-0123abcd\n"]) {
    expect(kindOf(text)).toBeUndefined();
  }
});

test("tags are bounded, of their own, and each once", () => {
  const tags = (...keys: string[]) => keys.map((key) => ({ key, value: "" }));
  expect(refusal(() => checkNetworkTags(tags("a", "b")))).toBe("none");
  expect(refusal(() => checkNetworkTags(tags("a", "a")))).toBe("network-value-invalid");
  expect(refusal(() => checkNetworkTags(tags("AWS:x")))).toBe("network-value-invalid");
  expect(refusal(() => checkNetworkTags(tags("😀".repeat(127))))).toBe("none");
  expect(refusal(() => checkNetworkTags(tags("😀".repeat(128))))).toBe("network-value-invalid");
  expect(refusal(() => checkNetworkTags(tags(...Array.from({ length: 51 }, (_, n) => `k${n}`))))).toBe(
    "network-tags-too-many",
  );
});

test("a host has one IPv4 address", () => {
  expect(hostAddressOf("192.0.2.1")).toBe("192.0.2.1");
  for (const text of ["0.0.0.0", "255.255.255.255", "224.0.0.1", "169.254.169.254", "::1", "192.0.2.001", "a"]) {
    expect(refusal(() => hostAddressOf(text))).toBe("host-input-invalid");
  }
});
