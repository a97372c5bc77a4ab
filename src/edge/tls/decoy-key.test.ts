import { generateKeyPairSync } from "node:crypto";
import { createSecureContext } from "node:tls";
import { expect, test } from "vitest";
import { privatePem } from "#lib/pem.ts";
import { decoyOf } from "./decoy-key.ts";

test.for([
  ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ["P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["P-384", () => generateKeyPairSync("ec", { namedCurve: "P-384" })],
] as const)("a decoy of an %s key has its shape and none of its secrets, and OpenSSL decodes it", ([, make]) => {
  const { privateKey } = make();
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const decoy = decoyOf(pkcs8);
  expect(decoy.length).toBe(pkcs8.length);
  const { d = "", p = "", q = "" } = privateKey.export({ format: "jwk" });
  for (const secret of [d, p, q].map((text) => Buffer.from(text, "base64url"))) {
    for (let at = 2; at + 8 <= secret.length; at += 8) {
      const piece = secret.subarray(at, at + 8);
      expect([pkcs8.includes(piece), decoy.includes(piece)]).toEqual([true, false]);
    }
  }
  expect(() => createSecureContext({ key: privatePem("PRIVATE KEY", decoy) })).not.toThrow();
});
