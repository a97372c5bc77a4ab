import fc from "fast-check";
import { expect, test } from "vitest";
import { ipAddressText, parseIpAddress } from "./ip-address.ts";

test.for([
  ["127.0.0.1", "7f000001"],
  ["::1", "00000000000000000000000000000001"],
  ["::", "00000000000000000000000000000000"],
  ["2001:DB8::a:0:0:1", "20010db800000000000a000000000001"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001"],
] as const)("%s is an address", ([text, hex]) => {
  expect(parseIpAddress(text)?.toString("hex")).toBe(hex);
});

test.for(["", "localhost", "1.2.3", "1.2.3.256", "1.2.3.4.5", ":::", "1:2", "g::1", "::1]", "[::1]", "::1%lo"])(
  "%s is none",
  (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  },
);

test("every address comes back from its text", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
      (bytes) => {
        expect([...parseIpAddress(ipAddressText(bytes)!)!]).toEqual([...bytes]);
      },
    ),
  );
  expect(ipAddressText(Buffer.alloc(5))).toBeUndefined();
});
