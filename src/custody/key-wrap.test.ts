import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { unwrapPadded, wrapPadded } from "./key-wrap.ts";

const key = (hex: string): PlaintextKey => new PlaintextKey(Buffer.from(hex, "hex"));
const AES_256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/** RFC 5649 section 6. */
test.for([
  [
    "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
    "c37b7e6492584340bed12207808941155068f738",
    "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
  ],
  ["5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"],
] as const)("under %s %s is wrapped as RFC 5649 has it", ([kek, secret, wrapped]) => {
  expect(wrapPadded(key(kek), key(secret)).toString("hex")).toBe(wrapped);
  expect(unwrapPadded(key(kek), Buffer.from(wrapped, "hex"))?.bytes.toString("hex")).toBe(secret);
});

test("what was wrapped is unwrapped, whatever its length, and under no other key", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (secret) => {
      const wrapped = wrapPadded(key(AES_256), new PlaintextKey(Buffer.from(secret)));
      expect(wrapped.length).toBe(8 + Math.ceil(secret.length / 8) * 8);
      expect(unwrapPadded(key(AES_256), wrapped)?.bytes).toEqual(Buffer.from(secret));
      expect(unwrapPadded(key(AES_256.replace("00", "01")), wrapped)).toBeUndefined();
    }),
  );
});

test("no bit of it can be changed, and nothing taken off or added", () => {
  const wrapped = wrapPadded(key(AES_256), key("00112233445566778899"));
  for (let bit = 0; bit < wrapped.length * 8; bit++) {
    const changed = Buffer.from(wrapped);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(unwrapPadded(key(AES_256), changed)).toBeUndefined();
  }
  for (let length = 0; length < wrapped.length; length++) {
    expect(unwrapPadded(key(AES_256), wrapped.subarray(0, length))).toBeUndefined();
  }
  for (const more of [1, 8, 16]) {
    expect(unwrapPadded(key(AES_256), Buffer.concat([wrapped, Buffer.alloc(more)]))).toBeUndefined();
  }
});

test("arbitrary bytes are refused, and so is what was wrapped without padding (RFC 3394)", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(unwrapPadded(key(AES_256), noise)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  const cipher = createCipheriv("id-aes256-wrap", Buffer.from(AES_256, "hex"), Buffer.alloc(8, 0xa6));
  const unpadded = Buffer.concat([cipher.update(Buffer.alloc(32, 1)), cipher.final()]);
  expect(unwrapPadded(key(AES_256), unpadded)).toBeUndefined();
});
