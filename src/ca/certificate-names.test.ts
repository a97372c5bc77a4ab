import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, type GeneralName, type Name, SubjectAlternativeName } from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { oid } from "#lib/der.ts";
import { DerError, oidText } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { certificateNames } from "./certificate-names.ts";

let keys: webcrypto.CryptoKeyPair;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
beforeAll(async () => {
  keys = (await webcrypto.subtle.generateKey(algorithm, false, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
});

async function certificate(name: string, alternatives: x509.JsonGeneralNames | undefined): Promise<Buffer> {
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date("2026-11-01T00:00:00Z"),
    notAfter: new Date("2027-11-01T00:00:00Z"),
    extensions: [
      new x509.BasicConstraintsExtension(false),
      ...(alternatives ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  return Buffer.from(made.rawData);
}

/** The same by the ASN.1 schemas. */
function bySchema(der: Buffer): unknown {
  const { subject, issuer, extensions = [] } = AsnConvert.parse(der, Certificate).tbsCertificate;
  const found = extensions.find(({ extnID }) => extnID === OID.subjectAltName);
  const names = found ? [...AsnConvert.parse(found.extnValue.buffer, SubjectAlternativeName)] : [];
  return { subject: attributes(subject), issuer: attributes(issuer), alternativeNames: names.map(shown) };
}

function attributes(name: Name): unknown {
  return name.flatMap((relative) => [...relative].map(({ type, value }) => ({ type, value: value.toString() })));
}

function shown(name: GeneralName): unknown {
  if (name.dNSName !== undefined) return { kind: "dns", value: name.dNSName };
  if (name.iPAddress !== undefined) return { kind: "ip", value: name.iPAddress };
  if (name.rfc822Name !== undefined) return { kind: "email", value: name.rfc822Name };
  if (name.uniformResourceIdentifier !== undefined) return { kind: "uri", value: name.uniformResourceIdentifier };
  if (name.registeredID !== undefined) return { kind: "registered-id", value: name.registeredID };
  return name.directoryName && { kind: "directory", name: attributes(name.directoryName) };
}

test("every kind of name is read as the ASN.1 schemas read it", async () => {
  const der = await certificate(
    "C=AU, ST=Some-State, L=Köln, O=Example \\+ Söhne\\, Ltd., OU=Web, OU=Mail, DC=example, DC=org, E=a@example.org, CN=www.example.org",
    [
      { type: "dns", value: "www.example.org" },
      { type: "dns", value: "*.Example.org" },
      { type: "ip", value: "192.0.2.1" },
      { type: "ip", value: "2001:db8::1" },
      { type: "email", value: "hostmaster@example.org" },
      { type: "url", value: "https://example.org/path" },
      { type: "id", value: "1.2.840.113549" },
      { type: "dn", value: "CN=directory, O=Example" },
    ],
  );
  const names = certificateNames(der);
  expect(names).toEqual(bySchema(der));
  expect(names.subject.filter(({ type }) => type === "2.5.4.11").map(({ value }) => value)).toEqual(["Web", "Mail"]);
});

test("a certificate without alternative names, or without a subject, has none", async () => {
  expect(certificateNames(await certificate("CN=plain", undefined))).toMatchObject({ alternativeNames: [] });
  expect(certificateNames(await certificate("", [{ type: "dns", value: "a.example" }]))).toMatchObject({
    subject: [],
    alternativeNames: [{ kind: "dns", value: "a.example" }],
  });
});

test("object identifiers are read back as they were written", () => {
  const arc = fc.nat({ max: 2 ** 40 });
  fc.assert(
    fc.property(fc.nat({ max: 2 }), fc.nat({ max: 39 }), fc.array(arc, { maxLength: 8 }), (first, second, rest) => {
      const dotted = [first, second, ...rest].join(".");
      expect(oidText(oid(dotted).subarray(2))).toBe(dotted);
    }),
  );
  for (const cut of [[], [0x80], [0x2a, 0x86]]) expect(() => oidText(Uint8Array.from(cut))).toThrow(DerError);
});

test("whatever bytes are changed, it reads names or throws, and never hangs", async () => {
  const der = await certificate("CN=www.example.org, O=Example", [{ type: "dns", value: "www.example.org" }]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
      (changes) => {
        const broken = Buffer.from(der);
        for (const [at, byte] of changes) broken[at] = byte;
        try {
          expect(certificateNames(broken).subject.length).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
