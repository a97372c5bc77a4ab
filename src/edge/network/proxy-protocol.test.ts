import { expect, test } from "vitest";
import { proxyHeader } from "./proxy-protocol.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

test.for([
  ["192.0.2.1", "198.51.100.2", "2111000cc0000201c63364020001ffff"],
  ["2001:db8::1", "::1", `21210024${"20010db8000000000000000000000001"}${"00000000000000000000000000000001"}0001ffff`],
  ["192.0.2.1", "::1", `21210024${"00000000000000000000ffffc0000201"}${"00000000000000000000000000000001"}0001ffff`],
  [
    "fe80::1%eth0",
    "::ffff:192.0.2.9",
    `21210024${"fe800000000000000000000000000001"}${"00000000000000000000ffffc0000209"}0001ffff`,
  ],
] as const)("a connection from %s to %s", ([from, to, hex]) => {
  const header = proxyHeader({ source: { address: from, port: 1 }, destination: { address: to, port: 65_535 } });
  expect(header.toString("hex")).toBe(SIGNATURE + hex);
});
