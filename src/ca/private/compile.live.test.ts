import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityInfoAccessSyntax,
  BasicConstraints,
  CertificatePolicies,
  CRLDistributionPoints,
  ExtendedKeyUsage,
  Extension,
  KeyUsage,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApiPassthrough, Extensions } from "#domain/private-ca/extensions.ts";
import { templateArn, templateOf } from "#domain/private-ca/templates.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Der, encode, NULL, namedBits, oid, sequence, tagged, taggedAscii } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { commonNameOnly, distinguishedName, publicKeyBits, tbsCertificate } from "#lib/x509-certificate.ts";
import type { CertificateRequest, RequestedExtension } from "#lib/x509-csr.ts";
import { SIGNATURES } from "#lib/x509-signatures.ts";
import { compile } from "./compile.ts";
import { checkReadable } from "./prepare.ts";

const publicKey = createPublicKey(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey);
const spki = publicKey.export({ type: "spki", format: "der" });
const asked = (id: string, value: Der, critical = false): RequestedExtension => ({
  id,
  critical,
  value: encode(value),
});
const names = (...hosts: readonly string[]): Der => sequence(...hosts.map((host) => taggedAscii(2, host)));
const point = (url: string): Der => sequence(sequence(tagged(0, tagged(0, taggedAscii(6, url)))));

interface Asked {
  readonly csr?: readonly RequestedExtension[];
  readonly api?: ApiPassthrough;
  readonly subject?: string | Buffer;
  readonly crlUrl?: string;
  readonly ocspUrl?: string;
  readonly key?: CertificateRequest["publicKey"];
}

/** What a template makes of a request: the subject, and the extensions by their identifiers. */
function made(name: string, { csr = [], api = {}, subject = "device", crlUrl, ocspUrl, key = publicKey }: Asked = {}) {
  const request: CertificateRequest = {
    subject: typeof subject === "string" ? commonNameOnly(subject === "" ? undefined : subject) : subject,
    subjectPublicKeyInfo: key === publicKey ? spki : key.export({ type: "spki", format: "der" }),
    publicKey: key,
    extensions: csr,
  };
  const template = templateOf(templateArn(`${name}/V1`));
  const issuerKeyId = Buffer.alloc(20, 1);
  const compiled = compile({ template, request, passthrough: api, issuerKeyId, crlUrl, ocspUrl });
  const extensions = compiled.extensions.map((der) => AsnConvert.parse(encode(der), Extension));
  const find = (id: string): Extension | undefined => extensions.find(({ extnID }) => extnID === id);
  const read = <T>(id: string, type: new () => T): T | undefined => {
    const found = find(id);
    return found && AsnConvert.parse(found.extnValue.buffer, type);
  };
  return {
    subject: compiled.subject.text,
    ids: extensions.map(({ extnID }) => extnID),
    critical: extensions.filter(({ critical }) => critical).map(({ extnID }) => extnID),
    names: read(OID.subjectAltName, SubjectAlternativeName)?.map((one) => one.dNSName ?? "?"),
    usages: read(OID.keyUsage, KeyUsage)?.toJSON(),
    purposes: [...(read(OID.extKeyUsage, ExtendedKeyUsage) ?? [])],
    constraints: read(OID.basicConstraints, BasicConstraints),
    points: read(OID.cRLDistributionPoints, CRLDistributionPoints)?.map(
      (one) => one.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier,
    ),
    access: read(OID.authorityInfoAccess, AuthorityInfoAccessSyntax)?.map(
      (one) => one.accessLocation.uniformResourceIdentifier,
    ),
    policies: read(OID.certificatePolicies, CertificatePolicies)?.map((one) => one.policyIdentifier),
  };
}

describe("a template", () => {
  test.for<[name: string, usages: readonly string[], purposes: readonly string[], critical: readonly string[]]>([
    ["EndEntityCertificate", ["digitalSignature", "keyEncipherment"], [OID.serverAuth, OID.clientAuth], [OID.keyUsage]],
    ["EndEntityClientAuthCertificate", ["digitalSignature", "keyEncipherment"], [OID.clientAuth], [OID.keyUsage]],
    ["EndEntityServerAuthCertificate", ["digitalSignature", "keyEncipherment"], [OID.serverAuth], [OID.keyUsage]],
    ["CodeSigningCertificate", ["digitalSignature"], [OID.codeSigning], [OID.keyUsage, OID.extKeyUsage]],
    ["OCSPSigningCertificate", ["digitalSignature"], [OID.ocspSigning], [OID.keyUsage, OID.extKeyUsage]],
    ["RootCACertificate", ["digitalSignature", "keyCertSign", "crlSign"], [], [OID.basicConstraints, OID.keyUsage]],
    [
      "SubordinateCACertificate_PathLen2",
      ["digitalSignature", "keyCertSign", "crlSign"],
      [],
      [OID.basicConstraints, OID.keyUsage],
    ],
  ])("%s says what AWS's does", ([name, usages, purposes, critical]) => {
    const result = made(name);
    expect(new Set(result.usages)).toEqual(new Set(usages));
    expect(result.purposes).toEqual(purposes);
    expect(result.critical).toEqual(critical);
    const isCa = name.includes("CACertificate");
    expect(result.constraints).toMatchObject({ cA: isCa });
    expect(result.constraints?.pathLenConstraint).toBe(name.includes("PathLen2") ? 2 : undefined);
    expect(result.ids.slice(0, 3)).toEqual([
      OID.basicConstraints,
      OID.authorityKeyIdentifier,
      OID.subjectKeyIdentifier,
    ]);
  });

  test("of its own gives a blank certificate no key usage and no purpose", () => {
    expect(made("BlankEndEntityCertificate_APIPassthrough").ids).toHaveLength(3);
    expect(made("BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough").critical).toEqual([
      OID.basicConstraints,
    ]);
    expect(made("BlankSubordinateCACertificate_PathLen0_CSRPassthrough").constraints).toMatchObject({
      pathLenConstraint: 0,
    });
  });

  test("lets a key that can only sign not say that it enciphers (RFC 8410, RFC 9881)", () => {
    const key = createPublicKey(generateKeyPairSync("ed25519").privateKey);
    expect(publicKeyBits(key.export({ type: "spki", format: "der" }))).toHaveLength(32);
    expect(made("EndEntityCertificate", { key }).usages).toEqual(["digitalSignature"]);
  });
});

describe("the order of operations", () => {
  const csr = [
    asked(OID.subjectAltName, names("csr.example")),
    asked(OID.keyUsage, namedBits([3]), true),
    asked(OID.extKeyUsage, sequence(oid(OID.emailProtection))),
    asked(OID.basicConstraints, sequence(Buffer.from([1, 1, 0xff])), true),
    asked(OID.cRLDistributionPoints, point("http://csr.example/x.crl")),
    asked("1.2.3.4", NULL),
  ];
  const api: ApiPassthrough = {
    Subject: { CommonName: "api", Organization: "Example" },
    Extensions: {
      SubjectAlternativeNames: [{ DnsName: "api.example" }],
      KeyUsage: { KeyAgreement: true },
      ExtendedKeyUsage: [{ ExtendedKeyUsageType: "TIME_STAMPING" }],
      CertificatePolicies: [{ CertPolicyId: "1.2.3" }],
      CustomExtensions: [{ ObjectIdentifier: "1.2.3.5", Value: encode(NULL).toString("base64"), Critical: true }],
    },
  };

  test("a base template takes subject and alternative names from the CSR, and nothing else from anybody", () => {
    const result = made("EndEntityCertificate", { csr, api });
    expect(result).toMatchObject({
      subject: "CN=device",
      names: ["csr.example"],
      points: undefined,
      policies: undefined,
    });
    expect(result.ids).toHaveLength(6);
  });

  test("CSRPassthrough adds what the CSR asks for, but for what the template says", () => {
    const result = made("EndEntityCertificate_CSRPassthrough", { csr, api });
    expect(result).toMatchObject({
      subject: "CN=device",
      names: ["csr.example"],
      points: ["http://csr.example/x.crl"],
    });
    expect(result.usages).toEqual(["digitalSignature", "keyEncipherment"]);
    expect(result.constraints).toMatchObject({ cA: false });
    expect(result.ids).toContain("1.2.3.4");
    expect(result.ids).not.toContain("1.2.3.5");
  });

  test("APIPassthrough adds what the caller gives, but for what the template says, and heeds the CSR's names only", () => {
    const result = made("EndEntityCertificate_APIPassthrough", { csr, api });
    expect(result).toMatchObject({ subject: "CN=api,O=Example", names: ["api.example"], policies: ["1.2.3"] });
    expect(result.purposes).toEqual([OID.serverAuth, OID.clientAuth]);
    expect(result.ids).toContain("1.2.3.5");
    expect(result.ids).not.toContain("1.2.3.4");
    expect(made("EndEntityCertificate_APIPassthrough", { csr }).names).toEqual(["csr.example"]);
  });

  test("APICSRPassthrough puts the template first, then the caller, then the CSR", () => {
    const result = made("BlankEndEntityCertificate_APICSRPassthrough", { csr, api });
    expect(result).toMatchObject({ names: ["api.example"], usages: ["keyAgreement"], constraints: { cA: false } });
    expect(result.purposes).toEqual([OID.timeStamping]);
    expect(result.ids).toEqual(expect.arrayContaining(["1.2.3.4", "1.2.3.5"]));
    const fromCsr = made("BlankEndEntityCertificate_APICSRPassthrough", { csr });
    expect(fromCsr).toMatchObject({ usages: ["dataEncipherment"], purposes: [OID.emailProtection] });
  });

  test("the CA's configuration says where revocation is told, before anybody else does", () => {
    const places = { crlUrl: "http://ca.example/x.crl", ocspUrl: "http://ca.example/ocsp" };
    const result = made("EndEntityCertificate_CSRPassthrough", { csr, ...places });
    expect(result).toMatchObject({ points: [places.crlUrl], access: [places.ocspUrl] });
    expect(made("RootCACertificate", places)).toMatchObject({ points: undefined, access: undefined });
  });
});

describe("who is named", () => {
  test("a certificate without a subject has its alternative names critical", () => {
    const result = made("EndEntityCertificate", { subject: "", csr: [asked(OID.subjectAltName, names("a.example"))] });
    expect(result.critical).toContain(OID.subjectAltName);
    expect(result.subject).toBe("");
  });

  test("MalformedCSRException when nobody is, or a CA has no subject", () => {
    expect(() => made("EndEntityCertificate", { subject: "" })).toThrow("a subject name or a subject alternative name");
    const csr = [asked(OID.subjectAltName, names("a.example"))];
    expect(() => made("SubordinateCACertificate_PathLen0", { subject: "", csr })).toThrow("a CA must have a subject");
  });

  const ofTag = (tag: number, text: Buffer, type: string = OID.commonName): Buffer =>
    distinguishedName([[type, Buffer.concat([Buffer.from([tag, text.length]), text])]]);

  test.for([
    ["VisibleString", 0x1a],
    ["GeneralString", 0x1b],
    ["NumericString", 0x12],
    ["INTEGER", 0x02],
    ["UTF8String in pieces", 0x2c],
  ] as const)("MalformedCSRException when the CSR names them in a %s (RFC 5280 section 4.1.2.4)", ([, tag]) => {
    const subject = ofTag(tag, Buffer.from(tag === 0x2c ? "0c0137" : "37", "hex"));
    expect(() => made("EndEntityCertificate", { subject })).toThrow("its subject is malformed");
  });

  test.for([
    ["UTF8String", 0x0c, "7"],
    ["PrintableString", 0x13, "7"],
    ["TeletexString", 0x14, "7"],
    ["IA5String", 0x16, "7"],
    ["UniversalString", 0x1c, "\0\0\x007"],
    ["BMPString", 0x1e, "\x007"],
  ] as const)("a CSR may name them in a %s", ([, tag, text]) => {
    expect(made("EndEntityCertificate", { subject: ofTag(tag, Buffer.from(text)) }).subject).toBe("CN=7");
  });

  test("MalformedCSRException for a NUL, whatever the attribute it stands in", () => {
    for (const type of [OID.commonName, OID.serialNumber, OID.emailAddress, "1.2.3.4"]) {
      const subject = ofTag(0x0c, Buffer.from("a\0b"), type);
      expect(() => made("EndEntityCertificate", { subject })).toThrow("holds what is no character");
    }
  });

  test("InvalidArgsException for a certificate that OpenSSL could not read back", () => {
    const { identifier } = SIGNATURES.SHA256WITHECDSA;
    const tbs = (subject: Buffer): Buffer =>
      tbsCertificate({
        serial: Buffer.alloc(16, 1),
        algorithm: identifier,
        issuer: commonNameOnly("ca"),
        notBefore: new Date(0),
        notAfter: new Date(1000),
        subject,
        subjectPublicKeyInfo: spki,
        extensions: [],
      });
    checkReadable(tbs(commonNameOnly("device")), identifier);
    expect(() => checkReadable(tbs(ofTag(0x1a, Buffer.from("device"))), identifier)).toThrow(Refusal);
  });

  test("the subject is written in AWS's order, whatever the order in which it is given", () => {
    const Subject = {
      SerialNumber: "7",
      CommonName: "c",
      Country: "XX",
      State: "s",
      Locality: "l",
      OrganizationalUnit: "u",
      Organization: "o",
    };
    const { subject } = made("BlankEndEntityCertificate_APIPassthrough", { api: { Subject } });
    expect(subject).toBe("2.5.4.5=#0c0137,CN=c,OU=u,O=o,L=l,ST=s,C=XX");
  });
});

describe("InvalidArgsException", () => {
  const blank = "BlankEndEntityCertificate_APIPassthrough";
  const custom = (Value: Buffer, ObjectIdentifier = "1.2.3"): Extensions => ({
    CustomExtensions: [{ ObjectIdentifier, Value: Value.toString("base64") }],
  });

  test.for<[title: string, api: ApiPassthrough]>([
    ["a name of two kinds", { Extensions: { SubjectAlternativeNames: [{ DnsName: "a", IpAddress: "1.2.3.4" }] } }],
    ["a name of no kind", { Extensions: { SubjectAlternativeNames: [{}] } }],
    ["no address", { Extensions: { SubjectAlternativeNames: [{ IpAddress: "1.2.3.400" }] } }],
    ["a host with a space", { Extensions: { SubjectAlternativeNames: [{ DnsName: "a b" }] } }],
    ["a URI without a scheme", { Extensions: { SubjectAlternativeNames: [{ UniformResourceIdentifier: "a" }] } }],
    ["an identifier of no kind", { Extensions: { SubjectAlternativeNames: [{ RegisteredId: "1.50.3" }] } }],
    [
      "custom and standard attributes",
      { Subject: { CommonName: "a", CustomAttributes: [{ ObjectIdentifier: "2.5.4.3", Value: "b" }] } },
    ],
    ["half a character", { Subject: { CommonName: "\ud800" } }],
    [
      "two kinds of purpose",
      {
        Extensions: {
          ExtendedKeyUsage: [{ ExtendedKeyUsageType: "SERVER_AUTH", ExtendedKeyUsageObjectIdentifier: "1.2.3" }],
        },
      },
    ],
    ["no DER", { Extensions: custom(Buffer.from("junk")) }],
    ["names that are none", { Extensions: custom(encode(sequence(NULL)), OID.subjectAltName) }],
    ["constraints that are none", { Extensions: custom(encode(sequence(NULL)), OID.nameConstraints) }],
    [
      "name constraints of no CA",
      { Extensions: custom(encode(sequence(tagged(0, sequence(taggedAscii(2, "a"))))), OID.nameConstraints) },
    ],
    [
      "an extension twice",
      {
        Extensions: { ...custom(encode(names("b")), OID.subjectAltName), SubjectAlternativeNames: [{ DnsName: "a" }] },
      },
    ],
  ])("%s", ([, api]) => {
    expect(() => made(blank, { api })).toThrow(Refusal);
  });

  test("whatever is passed through is refused with it, or stands in a certificate that can be read", () => {
    const text = fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webUrl(), fc.emailAddress());
    const id = fc.oneof(fc.constantFrom(...Object.values(OID)), fc.stringMatching(/^[0-2]\.\d{1,2}(\.\d{1,17}){0,4}$/));
    const subject = fc.record(
      {
        Country: text,
        CommonName: text,
        SerialNumber: text,
        CustomAttributes: fc.array(fc.record({ ObjectIdentifier: id, Value: text }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    const name = fc.record(
      {
        DnsName: text,
        Rfc822Name: text,
        IpAddress: text,
        UniformResourceIdentifier: text,
        RegisteredId: id,
        DirectoryName: subject,
        OtherName: fc.record({ TypeId: id, Value: text }),
        EdiPartyName: fc.record({ PartyName: text }),
      },
      { requiredKeys: [] },
    );
    const api = fc.record(
      {
        Subject: subject,
        Extensions: fc.record(
          {
            SubjectAlternativeNames: fc.array(name, { minLength: 1, maxLength: 2 }),
            KeyUsage: fc.record({ DigitalSignature: fc.boolean(), DecipherOnly: fc.boolean() }),
            CustomExtensions: fc.array(fc.record({ ObjectIdentifier: id, Value: fc.base64String() }), { maxLength: 2 }),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(api, (passthrough) => {
        try {
          const { ids } = made(blank, { api: passthrough as ApiPassthrough });
          expect(new Set(ids).size).toBe(ids.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});
