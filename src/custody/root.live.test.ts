import { expect, test } from "vitest";
import { keyFileRoot, NotSealedHere, WrongRoot } from "./root.ts";
import { readSeal } from "./seal-form.ts";
import { keyFileRootOf, passphraseRootOf } from "./wrapping-root.ts";

const root = keyFileRoot(Buffer.alloc(32, 1));
const secret = Buffer.from("a private key");

test("opens what it sealed for the same purpose", () => {
  const sealed = root.seal(secret, "ca:1");
  expect(sealed.includes(secret)).toBe(false);
  expect(root.open(sealed, "ca:1").bytes).toEqual(secret);
});

test("the same key file is the same root after a restart", () => {
  const sealed = root.seal(secret, "ca:1");
  expect(keyFileRoot(Buffer.alloc(32, 1)).open(sealed, "ca:1").bytes).toEqual(secret);
});

test("no two seals are alike", () => {
  expect(root.seal(secret, "ca:1").equals(root.seal(secret, "ca:1"))).toBe(false);
});

test("does not open what was sealed for another purpose", () => {
  expect(() => root.open(root.seal(secret, "ca:1"), "ca:2")).toThrow(NotSealedHere);
});

test("names both roots when the wrong key file is given", () => {
  const other = keyFileRoot(Buffer.alloc(32, 2));
  expect(() => other.open(root.seal(secret, "ca:1"), "ca:1")).toThrow(
    new WrongRoot(root.fingerprint, other.fingerprint),
  );
});

test("refuses a value in which any one bit was changed", () => {
  const sealed = root.seal(secret, "ca:1");
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => root.open(changed, "ca:1")).toThrow();
  }
});

test("refuses a value that was cut off anywhere", () => {
  const sealed = root.seal(secret, "ca:1");
  for (let length = 0; length < sealed.length; length++) {
    expect(() => root.open(sealed.subarray(0, length), "ca:1")).toThrow();
  }
});

test("a value says for what, in which form and under which custody key it was sealed", () => {
  expect(readSeal(root.seal(secret, "ca:1"))).toEqual({ form: "service", keyId: root.fingerprint, purpose: "ca:1" });
  expect(readSeal(root.tokens.seal(secret, "t"))?.form).toBe("token");
  expect(readSeal(secret)).toBeUndefined();
});

test("one form of value is not opened as another", async () => {
  const material = await root.vault.make("SYMMETRIC_DEFAULT", "kms:1:1");
  expect(() => root.open(material.sealed, "kms:1:1")).toThrow(NotSealedHere);
  expect(() => root.open(root.tokens.seal(secret, "x"), "x")).toThrow(NotSealedHere);
  const sealed = root.seal(Buffer.alloc(32), "kms:1:1");
  const use = root.vault.use({ spec: "SYMMETRIC_DEFAULT", purpose: "kms:1:1", sealed }, { do: "check" });
  await expect(use).rejects.toThrow(NotSealedHere);
});

test("says what is wrong with a key file of another length", () => {
  expect(() => keyFileRootOf(Buffer.alloc(31))).toThrow("exactly 32 bytes; the key file has 31");
});

test("a passphrase and its salt make one root, another passphrase makes another", () => {
  const salt = Buffer.alloc(16, 9);
  const key = Buffer.alloc(32, 5);
  const wrapped = passphraseRootOf(Buffer.from("correct horse"), salt).wrap("k", key);
  expect(passphraseRootOf(Buffer.from("correct horse"), salt).unwrap("k", wrapped).bytes).toEqual(key);
  expect(() => passphraseRootOf(Buffer.from("battery staple"), salt).unwrap("k", wrapped)).toThrow("does not open");
  expect(() => passphraseRootOf(Buffer.from("correct horse"), salt).unwrap("other", wrapped)).toThrow("does not open");
  expect(() => passphraseRootOf(Buffer.from("short"), salt)).toThrow("at least 8 bytes");
});
