import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { beforeAll, expect, test } from "vitest";
import { DAY, later, SECOND } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { openStore } from "#store/store.ts";
import { CA_URL, type CaWorld, caWorld, leafKey } from "../../tests/support/ca-world.ts";
import { buildLeaf, type LeafFields } from "./leaf.ts";
import { freshSerial } from "./serials.ts";
import type { LeafIssuer } from "./signers.ts";

let world: CaWorld;
beforeAll(async () => {
  world = await caWorld(await openStore("file::memory:"));
  return () => world.store.destroy();
});

const notBefore = new Date("2026-11-22T12:00:00Z");

test.for([
  { issuerId: "ec1", keyAlgorithm: "EC_prime256v1", names: ["example.com", "*.example.com"] },
  { issuerId: "ec1", keyAlgorithm: "EC_secp384r1", names: ["a.b.example"] },
  { issuerId: "rsa1", keyAlgorithm: "RSA_2048", names: Array.from({ length: 100 }, (_, i) => `n${i}.example.com`) },
  { issuerId: "rsa1", keyAlgorithm: "RSA_2048", names: [`${"a".repeat(60)}.example.com`] },
] as const)(
  "a leaf is byte for byte the one that @peculiar/x509 builds: $keyAlgorithm, $names.0",
  async ({ issuerId, keyAlgorithm, names }) => {
    const issuer = await world.signers.issuer(world.store, issuerId);
    const fields: LeafFields = {
      serial: freshSerial(),
      subjectPublicKeyInfo: leafKey(keyAlgorithm).spki,
      keyAlgorithm,
      shard: 7,
      names,
      notBefore,
      notAfter: later(notBefore, 198 * DAY - SECOND),
    };
    const mine = buildLeaf(fields, issuer);
    const theirs = Buffer.from((await buildWithLibrary(fields, issuer)).rawData);
    expect(readCertificate(mine).tbs.toString("hex")).toBe(readCertificate(theirs).tbs.toString("hex"));
    // RSA signatures are deterministic, so there the whole certificate is the same.
    if (issuerId === "rsa1") expect(mine.equals(theirs)).toBe(true);
    expect(
      await new x509.X509Certificate(mine).verify({ publicKey: await libraryKey(issuer), signatureOnly: true }),
    ).toBe(true);
  },
);

test("a certificate that ends after 2049 is the library's too", async () => {
  const issuer = await world.signers.issuer(world.store, "ec1");
  const fields: LeafFields = {
    serial: Buffer.from("00ff", "hex"),
    subjectPublicKeyInfo: leafKey("EC_prime256v1").spki,
    keyAlgorithm: "EC_prime256v1",
    shard: 7,
    names: ["example.com"],
    notBefore: new Date("2049-12-31T23:59:59Z"),
    notAfter: new Date("2050-01-01T00:00:00Z"),
  };
  const theirs = Buffer.from((await buildWithLibrary(fields, issuer)).rawData);
  expect(readCertificate(buildLeaf(fields, issuer)).tbs.equals(readCertificate(theirs).tbs)).toBe(true);
});

async function buildWithLibrary(fields: LeafFields, issuer: LeafIssuer): Promise<x509.X509Certificate> {
  const [first = ""] = fields.names;
  const empty = first.length > 64;
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const usages = fields.keyAlgorithm.startsWith("RSA") ? digitalSignature | keyEncipherment : digitalSignature;
  return await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(fields.serial).toString("hex"),
    issuer: new x509.Name(new x509.Name(issuer.name).toJSON().map(asWritten)),
    subject: new x509.Name(empty ? [] : [{ CN: [{ utf8String: first }] }]),
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    publicKey: new x509.PublicKey(fields.subjectPublicKeyInfo),
    signingKey: await librarySigningKey(issuer),
    signingAlgorithm: algorithmOf(issuer),
    extensions: [
      new x509.KeyUsagesExtension(usages, true),
      new x509.SubjectAlternativeNameExtension(
        fields.names.map((value) => ({ type: "dns" as const, value })),
        empty,
      ),
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([OID.serverAuth]),
      new x509.AuthorityKeyIdentifierExtension(issuer.keyId.toString("hex")),
      new x509.CertificatePolicyExtension([OID.domainValidated]),
      new x509.AuthorityInfoAccessExtension({ ocsp: `${CA_URL}/ca/ocsp`, caIssuers: `${CA_URL}/ca/${issuer.id}.crt` }),
      new x509.CRLDistributionPointsExtension([`${CA_URL}/ca/${issuer.id}/7.crl`]),
    ],
  });
}

/** The string types that a CA's name is written in. */
function asWritten(attribute: Record<string, string[]>): x509.JsonAttributeAndObjectValue {
  return Object.fromEntries(
    Object.entries(attribute).map(([type, values]) => [
      type,
      values.map((value) => (type === "C" ? { printableString: value } : { utf8String: value })),
    ]),
  );
}

function algorithmOf(
  issuer: LeafIssuer,
): webcrypto.RsaHashedImportParams & webcrypto.EcdsaParams & webcrypto.EcKeyImportParams {
  return issuer.keyAlgorithm === "RSA_2048"
    ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", namedCurve: "" }
    : { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" };
}

async function librarySigningKey(issuer: LeafIssuer): Promise<webcrypto.CryptoKey> {
  const pkcs8 = issuer.key.export({ type: "pkcs8", format: "der" });
  return await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithmOf(issuer), false, ["sign"]);
}

async function libraryKey(issuer: LeafIssuer): Promise<webcrypto.CryptoKey> {
  return await webcrypto.subtle.importKey("spki", issuer.subjectPublicKeyInfo, algorithmOf(issuer), true, ["verify"]);
}
