import { BlockList, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isInNetwork, parseIpNetwork } from "./ip-network.ts";

test.for([
  ["10.0.0.0/8", "10.255.0.1", true],
  ["10.0.0.0/8", "11.0.0.1", false],
  ["10.1.2.3/8", "10.9.9.9", true],
  ["192.0.2.1", "192.0.2.1", true],
  ["192.0.2.1", "192.0.2.2", false],
  ["0.0.0.0/0", "192.0.2.2", true],
  ["0.0.0.0/0", "::1", false],
  ["fd00::/8", "fdff::1", true],
  ["2001:db8::/33", "2001:db8:8000::", false],
  ["::1", "::1", true],
  ["10.0.0.0/8", "no address", false],
] as const)("the network %s holds %s: %s", ([network, address, holds]) => {
  expect(isInNetwork(address, parseIpNetwork(network)!)).toBe(holds);
});

test.for(["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8/8", "host"])("%s is no network", (text) => {
  expect(parseIpNetwork(text)).toBeUndefined();
});

test("a network holds what Node's own block list holds", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      fc.nat(128),
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (base, prefix, address) => {
        const network = parseIpNetwork(`${base}/${prefix}`);
        if (!network || isIPv6(base) !== isIPv6(address)) return;
        const family = isIPv6(base) ? "ipv6" : "ipv4";
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        expect(isInNetwork(address, network)).toBe(list.check(address, family));
      },
    ),
  );
});
