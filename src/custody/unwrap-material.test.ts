import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WrappingAlgorithm } from "#domain/keys/import.ts";
import { unwrapMaterial } from "./unwrap-material.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ALGORITHMS: readonly WrappingAlgorithm[] = [
  "RSAES_OAEP_SHA_1",
  "RSAES_OAEP_SHA_256",
  "RSA_AES_KEY_WRAP_SHA_1",
  "RSA_AES_KEY_WRAP_SHA_256",
];

function oaep(algorithm: WrappingAlgorithm, data: Uint8Array): Buffer {
  const oaepHash = algorithm.endsWith("SHA_1") ? "sha1" : "sha256";
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, data);
}

function twoSteps(algorithm: WrappingAlgorithm, aes: Uint8Array, secret: Uint8Array): Buffer {
  const cipher = createCipheriv(`id-aes${aes.length * 8}-wrap-pad`, aes, Buffer.from("a65959a6", "hex"));
  return Buffer.concat([oaep(algorithm, aes), cipher.update(secret), cipher.final()]);
}

test.for(ALGORITHMS)("by %s what was wrapped comes back, and nothing by another algorithm", (algorithm) => {
  const secret = randomBytes(64);
  const wrapped = algorithm.startsWith("RSA_AES_")
    ? twoSteps(algorithm, randomBytes(32), secret)
    : oaep(algorithm, secret);
  expect(unwrapMaterial(privateKey, algorithm, wrapped)?.bytes).toEqual(secret);
  for (const other of ALGORITHMS) {
    if (other !== algorithm) expect(unwrapMaterial(privateKey, other, wrapped)).toBeUndefined();
  }
});

test("the AES key in front has 32 bytes, and none is skipped", () => {
  const algorithm = "RSA_AES_KEY_WRAP_SHA_256";
  const secret = randomBytes(40);
  for (const length of [16, 24]) {
    expect(unwrapMaterial(privateKey, algorithm, twoSteps(algorithm, randomBytes(length), secret))).toBeUndefined();
  }
  const whole = twoSteps(algorithm, randomBytes(32), secret);
  for (let length = 0; length < whole.length; length += 7) {
    expect(unwrapMaterial(privateKey, algorithm, whole.subarray(0, length))).toBeUndefined();
  }
});

test("arbitrary bytes never throw and never unwrap", () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ minLength: 256, maxLength: 256 }));
  fc.assert(
    fc.property(fc.constantFrom(...ALGORITHMS), bytes, (algorithm, noise) => {
      expect(unwrapMaterial(privateKey, algorithm, noise)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
