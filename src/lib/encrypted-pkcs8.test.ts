import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { checkDer, children, contents, readElement } from "./der-reader.ts";
import { encryptPkcs8 } from "./encrypted-pkcs8.ts";
import { PlaintextKey } from "./plaintext-key.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pkcs8 = () => new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
const passphrase = (text: string) => new PlaintextKey(Buffer.from(text));

test("what is encrypted is the very key, for whoever knows the passphrase", () => {
  const der = encryptPkcs8(pkcs8(), passphrase("correct horse"));
  const opened = createPrivateKey({ key: der, format: "der", type: "pkcs8", passphrase: "correct horse" });
  expect(opened.equals(privateKey)).toBe(true);
  expect(() => createPrivateKey({ key: der, format: "der", type: "pkcs8", passphrase: "wrong horse" })).toThrow();
});

test("it has ACM's form: PBES2 of PBKDF2 with a salt of 20 bytes, 2048 iterations and no PRF, and AES-256-CBC", () => {
  const der = encryptPkcs8(pkcs8(), passphrase("1234"));
  checkDer(der);
  const hex = der.toString("hex");
  // SEQUENCE { PBES2, SEQUENCE { SEQUENCE { PBKDF2, SEQUENCE { OCTET STRING (20), INTEGER 2048 } }, …
  expect(hex).toMatch(
    /^30[0-9a-f]+?305506092a864886f70d01050d3048302706092a864886f70d01050c301a0414[0-9a-f]{40}02020800301d060960864801650304012a0410[0-9a-f]{32}04/,
  );
});

test("no two are the same: salt and initialization vector are fresh", () => {
  const parts = (der: Buffer) => children(der, readElement(der)).map((part) => contents(der, part).toString("hex"));
  const [one, two] = [encryptPkcs8(pkcs8(), passphrase("1234")), encryptPkcs8(pkcs8(), passphrase("1234"))];
  expect(parts(one)[0]).not.toBe(parts(two)[0]);
  expect(parts(one)[1]).not.toBe(parts(two)[1]);
});
