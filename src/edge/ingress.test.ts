import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EdgeIngress } from "#domain/edge-config.ts";
import { isInNetwork, parseIpNetwork } from "#lib/ip-network.ts";
import { compileIngress } from "./ingress.ts";

const tcp = (port: number, cidr: string, toPort: number = port): EdgeIngress => ({
  protocol: "tcp",
  fromPort: port,
  toPort,
  cidr,
});

describe("the rules of security groups", () => {
  test("let everybody in when there are none to ask, and nobody when they are empty", () => {
    expect(compileIngress(undefined)("192.0.2.1", 443, "tcp")).toBe(true);
    expect(compileIngress([])("192.0.2.1", 443, "tcp")).toBe(false);
  });

  test.for([
    ["10.1.2.3", 443, "tcp", true],
    ["10.255.255.255", 443, "tcp", true],
    ["11.0.0.0", 443, "tcp", false],
    ["9.255.255.255", 443, "tcp", false],
    ["10.1.2.3", 80, "tcp", false],
    ["10.1.2.3", 443, "udp", false],
    ["192.0.2.7", 8000, "tcp", true],
    ["192.0.2.7", 8100, "tcp", true],
    ["192.0.2.7", 8101, "tcp", false],
    ["::ffff:10.1.2.3", 443, "tcp", true],
    ["::ffff:a01:203", 443, "tcp", true],
    ["0:0:0:0:0:ffff:10.1.2.3", 443, "tcp", true],
    ["2001:db8::1", 443, "tcp", true],
    ["2001:db8:1::1", 443, "tcp", false],
    ["fe80::1%eth0", 22, "udp", true],
    ["198.51.100.9", 22, "udp", true],
    ["198.51.100.9", 22, "tcp", true],
    ["198.51.100.10", 22, "tcp", false],
    ["", 443, "tcp", false],
    ["10.1.2", 443, "tcp", false],
    ["10.1.2.256", 443, "tcp", false],
    ["10.1.2.3.4", 443, "tcp", false],
    ["10..2.3", 443, "tcp", false],
    ["10.1.2.3x", 443, "tcp", false],
  ] as const)("%s to %d by %s: %s", ([address, port, protocol, expected]) => {
    const allows = compileIngress([
      tcp(443, "10.0.0.0/8"),
      tcp(443, "10.1.0.0/16"),
      tcp(8000, "192.0.2.7/32", 8100),
      tcp(443, "2001:db8::/48"),
      { protocol: "any", fromPort: 0, toPort: 65_535, cidr: "198.51.100.9/32" },
      { protocol: "udp", fromPort: 22, toPort: 22, cidr: "fe80::/10" },
      tcp(443, "no network"),
    ]);
    expect(allows(address, port, protocol)).toBe(expected);
    expect(allows(address, port, protocol)).toBe(expected);
  });

  test("of everybody let everybody in, each kind of address by its own rule", () => {
    const four = compileIngress([tcp(443, "0.0.0.0/0")]);
    expect([four("203.0.113.1", 443, "tcp"), four("2001:db8::1", 443, "tcp")]).toEqual([true, false]);
    const six = compileIngress([tcp(443, "::/0")]);
    expect([six("203.0.113.1", 443, "tcp"), six("2001:db8::1", 443, "tcp")]).toEqual([false, true]);
  });
});

test("what is compiled decides as one rule after the other would", () => {
  const cidr = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  );
  const rule = fc.record({
    protocol: fc.constantFrom("tcp", "udp", "any"),
    fromPort: fc.integer({ min: 0, max: 5 }),
    toPort: fc.integer({ min: 0, max: 5 }),
    cidr,
  });
  fc.assert(
    fc.property(
      fc.array(rule as fc.Arbitrary<EdgeIngress>, { maxLength: 8 }),
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((address) => !address.includes(".")),
      ),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom("tcp", "udp"),
      (rules, address, port, protocol) => {
        const plain = rules.some((each) => {
          const network = parseIpNetwork(each.cidr);
          const inPorts = each.protocol === "any" || (port >= each.fromPort && port <= each.toPort);
          return inPorts && ["any", protocol].includes(each.protocol) && network && isInNetwork(address, network);
        });
        // An IPv4 address in IPv6 form is the one case that is decided otherwise.
        fc.pre(!address.includes(":") || !/^(0:){5}ffff:|^::ffff:/i.test(address));
        expect(compileIngress(rules)(address, port, protocol)).toBe(plain);
      },
    ),
    { numRuns: 500 },
  );
});

test("any text for an address is answered", () => {
  const allows = compileIngress([tcp(443, "0.0.0.0/0"), tcp(443, "::/0")]);
  fc.assert(fc.property(fc.string(), (text) => typeof allows(text, 443, "tcp") === "boolean"));
});
