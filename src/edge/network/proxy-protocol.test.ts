import { expect, test } from "vitest";
import { crc32c } from "./crc32c.ts";
import { proxyHeader } from "./proxy-protocol.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

test("it is byte for byte what AWS's load balancers send", () => {
  // Seen on the wire, and published by several who parse it.
  const source = { address: "123.103.201.154", port: 0xb116 };
  const destination = { address: "172.31.12.55", port: 0x024b };
  expect(proxyHeader({ source, destination }).toString("hex")).toBe(
    `${SIGNATURE}211100547b67c99aac1f0c37b116024b0300040894220704003e${"00".repeat(62)}`,
  );
});

test.for([
  ["192.0.2.1", "198.51.100.2", "21110054c0000201c63364020001ffff"],
  ["2001:db8::1", "::1", `21210054${"20010db8000000000000000000000001"}${"00000000000000000000000000000001"}0001ffff`],
  ["192.0.2.1", "::1", `21210054${"00000000000000000000ffffc0000201"}${"00000000000000000000000000000001"}0001ffff`],
  [
    "fe80::1%eth0",
    "::ffff:192.0.2.9",
    `21210054${"fe800000000000000000000000000001"}${"00000000000000000000ffffc0000209"}0001ffff`,
  ],
] as const)("a connection from %s to %s", ([from, to, hex]) => {
  const header = proxyHeader({ source: { address: from, port: 1 }, destination: { address: to, port: 65_535 } });
  const beginning = SIGNATURE + hex;
  expect(header.toString("hex", 0, beginning.length / 2)).toBe(beginning);
  const zeroed = Buffer.from(header);
  const checksum = beginning.length / 2 + 3;
  zeroed.fill(0, checksum, checksum + 4);
  expect([header.length, header.readUInt32BE(checksum)]).toEqual([100, crc32c(zeroed)]);
});

test("the checksum is CRC-32C", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
});
