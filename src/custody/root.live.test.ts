import { expect, test } from "vitest";
import { keyFileRoot, NotSealedHere, passphraseRoot, WrongRoot } from "./root.ts";

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

test("says what is wrong with a key file of another length", () => {
  expect(() => keyFileRoot(Buffer.alloc(31))).toThrow("exactly 32 bytes; the key file has 31");
});

test("a passphrase and its salt make one root, another passphrase makes another", () => {
  const salt = Buffer.alloc(16, 9);
  const sealed = passphraseRoot(Buffer.from("correct horse"), salt).seal(secret, "x");
  expect(passphraseRoot(Buffer.from("correct horse"), salt).open(sealed, "x").bytes).toEqual(secret);
  expect(() => passphraseRoot(Buffer.from("battery staple"), salt).open(sealed, "x")).toThrow(WrongRoot);
  expect(() => passphraseRoot(Buffer.from("short"), salt)).toThrow("at least 8 bytes");
});
