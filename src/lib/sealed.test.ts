import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { open, seal } from "./sealed.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

// McGrew and Viega, The Galois/Counter Mode of Operation (submitted to NIST), appendix B: test cases 14 and 16.
const VECTORS = [
  {
    title: "case 14",
    key: "00".repeat(32),
    iv: "00".repeat(12),
    aad: "",
    plaintext: "00".repeat(16),
    ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
    tag: "d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    title: "case 16",
    key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    iv: "cafebabefacedbaddecaf888",
    aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    plaintext:
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ciphertext:
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
    tag: "76fc6ece0f4e1768cddf8853bb2d551b",
  },
];

test.for(VECTORS)("opens NIST's AES-256-GCM vector, $title", ({ key, iv, aad, plaintext, ciphertext, tag }) => {
  expect(open(hex(key), hex(iv + tag + ciphertext), hex(aad))?.bytes).toEqual(hex(plaintext));
});

test("opens what it sealed under the same key and associated data, and nothing that differs in one bit", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const key = randomBytes(32);
  fc.assert(
    fc.property(bytes, bytes, fc.nat(), (plaintext, aad, where) => {
      const sealed = seal(key, plaintext, aad);
      expect(open(key, sealed, aad)?.bytes).toEqual(Buffer.from(plaintext));
      expect(open(randomBytes(32), sealed, aad)).toBeUndefined();
      expect(open(key, sealed, Buffer.concat([aad, Buffer.from([0])]))).toBeUndefined();
      const bit = where % (sealed.length * 8);
      sealed[bit >> 3] = sealed[bit >> 3]! ^ (1 << (bit & 7));
      expect(open(key, sealed, aad)).toBeUndefined();
    }),
  );
});

test("what is too short to be sealed is not opened", () => {
  for (let length = 0; length < 28; length++) {
    expect(open(randomBytes(32), Buffer.alloc(length), Buffer.alloc(0))).toBeUndefined();
  }
});
