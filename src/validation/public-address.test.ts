import { BlockList, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIpNetwork } from "#lib/ip-network.ts";
import { addressObjection } from "./public-address.ts";

const inside = new BlockList();
for (const [network, bits] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  inside.addSubnet(network, bits);
}
inside.addSubnet("fc00::", 7, "ipv6");
inside.addSubnet("fe80::", 10, "ipv6");

test.for(["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "2606:4700::1111", "2a00:1450:4001::1"])(
  "%s may be asked",
  (address) => {
    expect(addressObjection(address, [])).toBeUndefined();
  },
);

test("no address inside of a network may be asked, however it is written", () => {
  const written = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc.nat(255).map((last) => `10.0.0.${last}`),
    fc.stringMatching(/^f[cd][0-9a-f]{2}::[0-9a-f]{1,4}$/),
  );
  fc.assert(
    fc.property(written, (address) => {
      if (inside.check(address, isIPv6(address) ? "ipv6" : "ipv4")) {
        expect(addressObjection(address, [])).toBeDefined();
      }
      if (address.startsWith("::")) expect(addressObjection(address, [])).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test("what is no address may not be asked", () => {
  fc.assert(fc.property(fc.string(), (text) => addressObjection(`x${text}`, []) !== undefined));
});

test("a network that was named may be asked, and nothing beside it", () => {
  const allowed = [parseIpNetwork("10.20.0.0/16")!, parseIpNetwork("fd00:20::/32")!];
  expect(addressObjection("10.20.3.4", allowed)).toBeUndefined();
  expect(addressObjection("fd00:20::5", allowed)).toBeUndefined();
  expect(addressObjection("10.21.3.4", allowed)).toBe("is a private address");
  expect(addressObjection("fd00:21::5", allowed)).toBe("is a private address");
});
