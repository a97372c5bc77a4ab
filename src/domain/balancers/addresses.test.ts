import fc from "fast-check";
import { expect, it } from "vitest";
import { addressAt, parseAddressRange, parseIpv4 } from "./addresses.ts";

it("gives every address of a block but its network and broadcast address", () => {
  const range = parseAddressRange("10.1.1.0/29")!;
  expect(Array.from({ length: range.size + 1 }, (_, place) => addressAt(range, place))).toEqual([
    ...[1, 2, 3, 4, 5, 6].map((last) => `10.1.1.${last}`),
    "10.1.1.1",
  ]);
});

it("stays away from 127.0.0.0/16, where other programs listen", () => {
  expect(addressAt(parseAddressRange("127.0.0.0/8")!, 0)).toBe("127.1.0.0");
  expect(addressAt(parseAddressRange("127.0.0.0/8")!, 2 ** 24 - 2 ** 16 - 2)).toBe("127.255.255.254");
  expect(parseAddressRange("127.0.0.0/16")).toBeUndefined();
});

it("takes a block of one address", () => {
  expect(parseAddressRange("192.0.2.7/32")).toEqual({ first: parseIpv4("192.0.2.7"), size: 1 });
});

it("refuses what is no block", () => {
  for (const text of ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "256.0.0.0/8", "::/8", "10.0.0.0/8 "]) {
    expect(parseAddressRange(text), text).toBeUndefined();
  }
});

it("reads four octets and nothing else", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => addressAt({ first: parseIpv4(text)!, size: 1 }, 0) === text),
    { numRuns: 200 },
  );
  for (const text of ["01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ", "0x1.2.3.4", "١.2.3.4"]) {
    expect(parseIpv4(text), text).toBeUndefined();
  }
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => (parseIpv4(text) ?? 0) < 2 ** 32));
});
