import { createSecretKey, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeyId } from "#domain/keys/names.ts";
import { decryptUnder, encryptUnder, readCiphertext } from "./ciphertext.ts";

const KEY = { keyId: "01234567-89ab-4cde-8f01-23456789abcd" as KeyId, version: 3 };
const material = (fill = 1): KeyObject => createSecretKey(Buffer.alloc(32, fill));
const text = fc.string({ maxLength: 20, unit: "grapheme" });
const context = fc.dictionary(text, text, { maxKeys: 4 });

test("names its key and version, and opens under the same context however it was written", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4096 }), context, (plaintext, pairs) => {
      const blob = encryptUnder(material(), KEY, plaintext, pairs);
      expect(blob.length).toBeLessThanOrEqual(6144);
      const ciphertext = readCiphertext(blob)!;
      expect(ciphertext).toMatchObject(KEY);
      const reversed = Object.fromEntries(Object.entries(pairs).reverse());
      expect(decryptUnder(material(), ciphertext, reversed)?.bytes).toEqual(Buffer.from(plaintext));
      expect(decryptUnder(material(), ciphertext, { ...pairs, more: "x" })).toBeUndefined();
      expect(decryptUnder(material(2), ciphertext, pairs)).toBeUndefined();
    }),
  );
});

test("two messages never share a key or a byte of salt", () => {
  const blobs = Array.from({ length: 50 }, () => readCiphertext(encryptUnder(material(), KEY, Buffer.alloc(8), {}))!);
  expect(new Set(blobs.map(({ salt }) => salt.toString("hex"))).size).toBe(50);
});

test("no bit of a ciphertext can be changed: not its key, not its version, not its message", () => {
  const blob = encryptUnder(material(), KEY, Buffer.from("message"), { a: "1" });
  for (let bit = 0; bit < blob.length * 8; bit++) {
    const changed = Buffer.from(blob);
    changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
    const ciphertext = readCiphertext(changed);
    expect(ciphertext && decryptUnder(material(), ciphertext, { a: "1" })).toBeUndefined();
  }
});

test("arbitrary bytes are refused without being opened, and never throw", () => {
  const magic = Buffer.from("534b4301", "hex");
  const bytes = fc.uint8Array({ maxLength: 7000 });
  fc.assert(
    fc.property(bytes, fc.boolean(), (noise, disguised) => {
      const blob = disguised ? Buffer.concat([magic, noise]) : noise;
      const ciphertext = readCiphertext(blob);
      if (blob.length < 84 || blob.length > 6144) expect(ciphertext).toBeUndefined();
      if (ciphertext) expect(decryptUnder(material(), ciphertext, {})).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("a ciphertext of the first release still opens", () => {
  const blob = Buffer.from(PINNED, "hex");
  const ciphertext = readCiphertext(blob)!;
  expect(ciphertext).toMatchObject(KEY);
  const opened = decryptUnder(material(), ciphertext, {
    "aws:acm:arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1",
  });
  expect(opened?.bytes.toString()).toBe("a data key");
});

const PINNED =
  "534b43010123456789ab4cde8f0123456789abcd000000036733572dd798cc9ce22c9e850567a397aad7bbc089d02a5f597be3e6f3ea7e27ab619f8bb599a28ecd21fc597f4f81a97ebee92d52eaefa47e85e7e922b7d355e04e868811e6";
