import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect, test } from "vitest";
import { caName } from "#ca/ca-certificate.ts";
import { templateArn, templateOf } from "#domain/private-ca/templates.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { commonNameOnly, tbsCertificate } from "#lib/x509-certificate.ts";
import { authorityKeyIdentifier, leafConstraints } from "#lib/x509-extensions.ts";
import { lintPrivate } from "./lint.ts";

const now = new Date("2026-11-22T12:00:00Z");
const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const issuer = {
  id: "test",
  key,
  publicKey,
  name: caName("Test CA"),
  keyId: Buffer.alloc(20, 1),
  algorithm: signatureAlgorithm("EC_prime256v1"),
  notBefore: later(now, -DAY),
  notAfter: later(now, 1000 * DAY),
};
const { n: modulus = "" } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });

function lint(certified: KeyObject): void {
  const tbs = tbsCertificate({
    serial: Buffer.alloc(16, 0x55),
    algorithm: issuer.algorithm.identifier,
    issuer: issuer.name,
    notBefore: later(now, -HOUR),
    notAfter: later(now, DAY),
    subject: commonNameOnly("device"),
    subjectPublicKeyInfo: certified.export({ type: "spki", format: "der" }),
    extensions: [leafConstraints(), authorityKeyIdentifier(issuer.keyId)],
  });
  lintPrivate(tbs, { issuer, template: templateOf(templateArn("BlankEndEntityCertificate_APIPassthrough/V1")), now });
}

function rsa(n: Buffer, e: string): KeyObject {
  return createPublicKey({ key: { kty: "RSA", n: n.toString("base64url"), e }, format: "jwk" });
}

test("a private CA certifies keys of EC and RSA", () => {
  lint(publicKey);
  lint(rsa(Buffer.from(modulus, "base64url"), "AQAB"));
});

test("a private CA certifies no RSA key of which anybody can do what its owner can: of exponent 1, or an even one", () => {
  for (const e of ["AQ", "AQAC"]) {
    expect(() => lint(rsa(Buffer.from(modulus, "base64url"), e))).toThrow("exponentIsOdd");
  }
  lint(rsa(Buffer.from(modulus, "base64url"), "Aw"));
});

test("a private CA certifies no RSA key with a small factor", () => {
  const product = BigInt(`0x${Buffer.from(modulus, "base64url").toString("hex")}`);
  const divisible = (product / 1502n) * 1502n + 751n;
  expect(() => lint(rsa(Buffer.from(divisible.toString(16), "hex"), "AQAB"))).toThrow("modulusHasNoSmallFactor");
});
