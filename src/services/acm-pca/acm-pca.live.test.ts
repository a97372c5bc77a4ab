import { generateKeyPairSync, randomBytes, randomUUID, sign, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Der, encode, integer, NULL, sequence, setOf, TRUE, tagged, taggedAscii } from "#lib/der.ts";
import { DAY, later } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { parsePem, pem } from "#lib/pem.ts";
import { commonNameOnly, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { readCsr } from "#lib/x509-csr.ts";
import { anyExtension } from "#lib/x509-extensions.ts";
import { SIGNATURES } from "#lib/x509-signatures.ts";
import { openStore, type Store } from "#store/store.ts";
import { csrFor, template } from "../../../tests/support/private-ca.ts";
import {
  authority,
  base64,
  issuing,
  type PrivateCaWorld,
  privateCaWorld,
} from "../../../tests/support/private-ca-world.ts";

let store: Store;
let world: PrivateCaWorld;
let root: string;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await privateCaWorld(store);
  root = await world.root();
});
afterAll(() => store.destroy());

const ids = (arn: string): { CertificateAuthorityArn: string } => ({ CertificateAuthorityArn: arn });
const refusal = async (operation: string, input: object): Promise<string> => {
  const { error, body } = await world.pca(operation, input);
  return `${error ?? "done"}: ${body.message ?? ""}`;
};
const issueRefusal = (more: object, ca = root): Promise<string> =>
  refusal("IssueCertificate", { ...issuing(ca), ...more });

describe("CreateCertificateAuthority", () => {
  const changed = (configuration: object, more: object = {}): object => {
    const { CertificateAuthorityConfiguration, ...rest } = authority("ROOT");
    return {
      ...rest,
      CertificateAuthorityConfiguration: { ...(CertificateAuthorityConfiguration as object), ...configuration },
      ...more,
    };
  };

  test.for<[input: object, answer: string]>([
    [
      changed({ SigningAlgorithm: "SHA256WITHRSA" }),
      "InvalidArgsException: Signing algorithm SHA256WITHRSA cannot be used with key type EC_prime256v1. Valid signing algorithms are: SHA256WITHECDSA, SHA384WITHECDSA, SHA512WITHECDSA.",
    ],
    [
      changed({ KeyAlgorithm: "SM2", SigningAlgorithm: "SM3WITHSM2" }),
      "InvalidArgsException: Key algorithm SM2 is not supported",
    ],
    [
      changed({ KeyAlgorithm: "RSA_1024" }),
      "ValidationException: 1 validation error detected: Value 'RSA_1024' at 'certificateAuthorityConfiguration.keyAlgorithm'",
    ],
    [changed({ Subject: {} }), "InvalidArgsException: The subject of a certificate authority cannot be empty."],
    [
      changed({ Subject: { Country: "XXX" } }),
      "Value 'XXX' at 'certificateAuthorityConfiguration.subject.country' failed",
    ],
    [changed({ Subject: { CommonName: "a".repeat(65) } }), "ValidationException"],
    [
      changed({
        CsrExtensions: { SubjectInformationAccess: [{ AccessMethod: {}, AccessLocation: { DnsName: "a" } }] },
      }),
      "InvalidArgsException: AccessMethod must have either",
    ],
    [
      changed({}, { KeyStorageSecurityStandard: "CCPC_LEVEL_1_OR_HIGHER" }),
      "InvalidArgsException: A certificate authority cannot be created in this region with the specified security standard.",
    ],
    [changed({}, { RevocationConfiguration: { CrlConfiguration: { Enabled: true } } }), "InvalidArgsException"],
    [changed({}, { Tags: [{ Key: "aws:x", Value: "y" }] }), "InvalidTagException"],
    [changed({}, { CertificateAuthorityType: "LEAF" }), "ValidationException"],
    [{}, "ValidationException: 2 validation errors detected: Value null at 'certificateAuthorityConfiguration'"],
  ])("%o answers %s", async ([input, answer]) => {
    const before = await world.done("ListCertificateAuthorities", {});
    expect(await refusal("CreateCertificateAuthority", input)).toContain(answer);
    expect(await world.done("ListCertificateAuthorities", {})).toEqual(before);
  });

  test("what was asked for is what DescribeCertificateAuthority shows, and what the request holds", async () => {
    const Subject = {
      Country: "US",
      Organization: "Ex",
      OrganizationalUnit: "Unit",
      State: "WA",
      CommonName: "x",
      Locality: "L",
      SerialNumber: "1",
      Title: "T",
      Surname: "S",
      GivenName: "G",
      Initials: "I",
      Pseudonym: "P",
      GenerationQualifier: "III",
      DistinguishedNameQualifier: "Q",
    };
    const CsrExtensions = {
      KeyUsage: { KeyCertSign: true, CRLSign: true },
      SubjectInformationAccess: [
        {
          AccessMethod: { AccessMethodType: "CA_REPOSITORY" },
          AccessLocation: { UniformResourceIdentifier: "https://ca.example/" },
        },
      ],
    };
    const arn = await world.create(
      "SUBORDINATE",
      changed({ Subject, CsrExtensions }, { CertificateAuthorityType: "SUBORDINATE" }),
    );
    const { CertificateAuthority: ca } = await world.done("DescribeCertificateAuthority", ids(arn));
    expect(ca).toMatchObject({
      Arn: arn,
      OwnerAccount: "123456789012",
      Type: "SUBORDINATE",
      Status: "PENDING_CERTIFICATE",
      UsageMode: "GENERAL_PURPOSE",
      KeyStorageSecurityStandard: "FIPS_140_2_LEVEL_3_OR_HIGHER",
      CertificateAuthorityConfiguration: { Subject, CsrExtensions },
      RevocationConfiguration: { CrlConfiguration: { Enabled: false }, OcspConfiguration: { Enabled: false } },
    });
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(arn));
    const [request] = parsePem(Csr, 1);
    expect(request?.label).toBe("CERTIFICATE REQUEST");
    expect(request?.der.includes(Buffer.from("https://ca.example/"))).toBe(true);
  });
});

describe("IssueCertificate", () => {
  test.for<[more: object, answer: string]>([
    [{ Csr: base64("junk") }, "MalformedCSRException"],
    [
      { Csr: base64(`${csrFor("a").csr}${csrFor("b").csr}`) },
      "MalformedCSRException: The certificate signing request is invalid: there must be exactly one block.",
    ],
    [{ Csr: base64(pem("CERTIFICATE", Buffer.from([0x30, 0]))) }, "MalformedCSRException"],
    [
      { Csr: base64(csrFor("").csr) },
      "MalformedCSRException: The certificate signing request is invalid: it must provide a subject name or a subject alternative name.",
    ],
    [{ SigningAlgorithm: "SHA256WITHRSA" }, "InvalidArgsException: Signing algorithm SHA256WITHRSA cannot be used"],
    [{ SigningAlgorithm: "SM3WITHSM2" }, "InvalidArgsException"],
    [{ TemplateArn: template("Unknown/V1") }, "InvalidArgsException: There is no certificate template"],
    [{ TemplateArn: "arn:aws:acm-pca:::x" }, "InvalidArgsException"],
    [
      { Validity: { Type: "YEARS", Value: 11 } },
      "ValidationException: The certificate validity specified exceeds the certificate authority validity",
    ],
    [
      { Validity: { Type: "DAYS", Value: 0 } },
      "ValidationException: 1 validation error detected: Value '0' at 'validity.value' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [{ Validity: { Type: "ABSOLUTE", Value: 1 } }, "ValidationException"],
    [
      { Validity: { Type: "DAYS" } },
      "ValidationException: 1 validation error detected: Value null at 'validity.value'",
    ],
    [{ Validity: { Type: "DAYS", Value: "30" } }, "SerializationException"],
    [{ ValidityNotBefore: { Type: "DAYS", Value: 1 } }, "InvalidArgsException: ValidityNotBefore must be ABSOLUTE"],
    [
      { TemplateArn: template("RootCACertificate/V1") },
      "InvalidArgsException: A root CA certificate is for the certificate authority's own request",
    ],
    [
      { CertificateAuthorityArn: `arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/${randomUUID()}` },
      "ResourceNotFoundException: Could not find certificate authority",
    ],
    [{ CertificateAuthorityArn: "arn:aws:acm-pca:eu-west-1:123456789012:other/x" }, "InvalidArnException"],
    [{ CertificateAuthorityArn: "arn:aws:acm:eu-west-1:123456789012:certificate/x" }, "ValidationException"],
    [{ IdempotencyToken: "x".repeat(37) }, "ValidationException"],
  ])("%o answers %s", async ([more, answer]) => {
    expect(await issueRefusal(more)).toContain(answer);
  });

  test("a CA below another keeps to its path length: InvalidArgsException", async () => {
    const flat = await world.subordinate(root);
    const csr = await world.done("GetCertificateAuthorityCsr", ids(await world.create("SUBORDINATE")));
    const below = (length: number): object => ({
      Csr: base64(csr.Csr),
      TemplateArn: template(`SubordinateCACertificate_PathLen${length}/V1`),
    });
    expect(await issueRefusal(below(0), flat)).toContain(
      "InvalidArgsException: The path length of the certificate authority",
    );
    const deep = await world.subordinate(root, {}, { TemplateArn: template("SubordinateCACertificate_PathLen1/V1") });
    expect(await issueRefusal(below(1), deep)).toContain(
      "InvalidArgsException: The path length of the certificate authority",
    );
    expect(await issueRefusal(below(0), deep)).toBe("done: ");
  });

  test("name constraints hold for all below: InvalidArgsException", async () => {
    const permitted = encode(sequence(tagged(0, sequence(taggedAscii(2, "corp.example")))));
    const constrained = await world.subordinate(
      root,
      {},
      {
        TemplateArn: template("SubordinateCACertificate_PathLen1_APIPassthrough/V1"),
        ApiPassthrough: {
          Extensions: {
            CustomExtensions: [{ ObjectIdentifier: OID.nameConstraints, Value: base64(permitted), Critical: true }],
          },
        },
      },
    );
    const below = await world.subordinate(constrained);
    const passing = (DnsName: string): object => ({
      TemplateArn: template("EndEntityCertificate_APIPassthrough/V1"),
      ApiPassthrough: { Extensions: { SubjectAlternativeNames: [{ DnsName }] } },
    });
    expect(await issueRefusal(passing("a.corp.example"), below)).toBe("done: ");
    expect(await issueRefusal(passing("a.other.example"), below)).toContain(
      'InvalidArgsException: The name constraints of the certificate authority forbid this certificate: "a.other.example" is not permitted.',
    );
  });

  test("a CSR whose subject OpenSSL could not read back is refused, and nothing is signed", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const spki = publicKey.export({ type: "spki", format: "der" });
    const request = (type: string, tag: number, value: string): string => {
      const [id, text] = [Buffer.from(type, "hex"), Buffer.from(value, "hex")];
      const subject = sequence(setOf(sequence(id, Buffer.from([tag, text.length]), text)));
      const info = encode(sequence(integer(0), subject, spki, tagged(0)));
      const made = signed(info, SIGNATURES.SHA256WITHECDSA.identifier, sign("sha256", info, privateKey));
      return base64(pem("CERTIFICATE REQUEST", made));
    };
    const [name, notShortest] = ["0603550403", "06032a8003"];
    for (const [type, tag, value, answer] of [
      [name, 0x1a, "61", "MalformedCSRException: "], // a VisibleString
      [name, 0x1e, "006100", "MalformedCSRException: "], // a BMPString of one and a half characters
      [name, 0x0c, "61ff", "MalformedCSRException: "], // a UTF8String that is none
      [notShortest, 0x0c, "61", "InvalidArgsException: The certificate would be malformed: OpenSSL cannot read it."],
      [name, 0x0c, "61", "done: "],
    ] as const) {
      expect(await issueRefusal({ Csr: request(type, tag, value) })).toContain(answer);
    }
  });

  test("a CA for short-lived certificates issues for seven days at most: ValidationException", async () => {
    const short = await world.root({ UsageMode: "SHORT_LIVED_CERTIFICATE" });
    expect(await issueRefusal({ Validity: { Type: "DAYS", Value: 7 } }, short)).toBe("done: ");
    expect(await issueRefusal({ Validity: { Type: "DAYS", Value: 8 } }, short)).toContain("ValidationException");
  });

  test("a CSR's own extensions are passed on by the templates that do, and stay what they were", async () => {
    const extension = encode(anyExtension("1.2.3.4", true, NULL));
    const csr = base64(csrFor("device", { extensions: [extension] }).csr);
    const plain = await world.issue(root, { Csr: csr });
    const passed = await world.issue(root, {
      Csr: csr,
      TemplateArn: template("EndEntityCertificate_CSRPassthrough/V1"),
    });
    expect([plain, passed].map(({ x509 }) => x509.raw.includes(extension))).toEqual([false, true]);
  });

  test("whatever the CSR is, it is refused with MalformedCSRException or certified", async () => {
    const { csr } = csrFor("device.example", { extensions: [encode(anyExtension("1.2.3.4", false, NULL))] });
    const [block] = parsePem(csr, 1);
    const good = block!.der;
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      return pem("CERTIFICATE REQUEST", bytes);
    });
    const any = fc.oneof(
      damaged,
      fc.string(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => pem("CERTIFICATE REQUEST", bytes)),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        if (text === "") return;
        expect(await issueRefusal({ Csr: base64(text) })).toMatch(/^(MalformedCSRException|done): /);
      }),
      { numRuns: 200 },
    );
  });
});

describe("ImportCertificateAuthorityCertificate", () => {
  const importing = (ca: string, certificate: string, chain?: string): Promise<string> =>
    refusal("ImportCertificateAuthorityCertificate", {
      ...ids(ca),
      Certificate: base64(certificate),
      ...(chain === undefined ? {} : { CertificateChain: base64(chain) }),
    });
  const signedBy = async (parent: string, ca: string, more: object = {}): Promise<{ pem: string; chain: string }> => {
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(ca));
    const { pem: certificate, chain = "" } = await world.issue(parent, {
      Csr: base64(Csr),
      TemplateArn: template("SubordinateCACertificate_PathLen0/V1"),
      ...more,
    });
    return { pem: certificate, chain };
  };

  test("a subordinate CA takes what another CA signed for its key, with the whole chain", async () => {
    const middle = await world.subordinate(root, {}, { TemplateArn: template("SubordinateCACertificate_PathLen1/V1") });
    const ca = await world.create("SUBORDINATE");
    const own = await signedBy(middle, ca);
    const other = await signedBy(root, await world.create("SUBORDINATE"));
    const leaf = await world.issue(root);
    const pieces = own.chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g)!;
    expect(pieces).toHaveLength(2);
    const refusals: readonly (readonly [certificate: string, chain: string | undefined, answer: string])[] = [
      [own.pem, undefined, "InvalidRequestException: A subordinate CA must be imported with its certificate chain."],
      [other.pem, other.chain, "MalformedCertificateException: The public key of the certificate is not"],
      [leaf.pem, leaf.chain, "MalformedCertificateException"],
      [own.pem, pieces[1], "CertificateMismatchException"],
      [
        own.pem,
        pieces[0],
        "CertificateMismatchException: The certificate does not comply with the certificates that signed it: the chain must end with a root CA",
      ],
      [own.pem, [...pieces].reverse().join("\n"), "CertificateMismatchException"],
      [
        own.pem,
        `${own.pem}\n${own.chain}`,
        "InvalidRequestException: The certificate chain must not include the certificate itself.",
      ],
      [`${own.pem}\n${own.pem}`, own.chain, "MalformedCertificateException: The certificate must be exactly one."],
      ["junk", own.chain, "MalformedCertificateException: The certificate is not valid PEM"],
      [own.pem, "junk", "MalformedCertificateException: The certificate chain is not valid PEM"],
    ];
    for (const [certificate, chain, answer] of refusals)
      expect(await importing(ca, certificate, chain)).toContain(answer);
    expect((await world.done("DescribeCertificateAuthority", ids(ca))).CertificateAuthority.Status).toBe(
      "PENDING_CERTIFICATE",
    );
    expect(await importing(ca, own.pem, own.chain)).toBe("done: ");
    const { CertificateAuthority } = await world.done("DescribeCertificateAuthority", ids(ca));
    expect(CertificateAuthority).toMatchObject({ Status: "ACTIVE" });
    expect(CertificateAuthority.Serial.replaceAll(":", "")).toBe(
      new X509Certificate(own.pem).serialNumber.toLowerCase(),
    );
  });

  test("a certificate that its issuer's path length forbids is refused with CertificateMismatchException", async () => {
    const flat = await world.subordinate(root);
    await world.issue(flat); // it is open now
    const below = await world.create("SUBORDINATE");
    // What a CA of ours refuses to sign, one from elsewhere may have signed.
    const { privateAuthorities } = world.deps.signers;
    const [version, open] = [...privateAuthorities].find(([, { id }]) => flat.endsWith(id))!;
    privateAuthorities.set(version, { ...open, limits: { ...open.limits, pathLength: undefined } });
    const own = await signedBy(flat, below);
    expect(await importing(below, own.pem, own.chain)).toContain("the path length of those above allows no further CA");
  });

  test("name constraints that cannot be read are refused with MalformedCertificateException, and the CA stays as it was", async () => {
    const ca = await world.create("SUBORDINATE");
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(ca));
    const { subject, subjectPublicKeyInfo } = readCsr(parsePem(Csr, 1)[0]!.der);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const algorithm = SIGNATURES.SHA256WITHECDSA.identifier;
    const above = commonNameOnly("Above");
    const certify = (name: Buffer, key: Buffer, ...more: readonly Der[]): string => {
      const tbs = tbsCertificate({
        serial: randomBytes(16),
        algorithm,
        issuer: above,
        notBefore: later(world.clock.now(), -DAY),
        notAfter: later(world.clock.now(), 2 * DAY),
        subject: name,
        subjectPublicKeyInfo: key,
        extensions: [anyExtension(OID.basicConstraints, true, sequence(TRUE)), ...more],
      });
      return pem("CERTIFICATE", signed(tbs, algorithm, sign("sha256", tbs, privateKey)));
    };
    const chain = certify(above, publicKey.export({ type: "spki", format: "der" }));
    const indefinite = Buffer.from("3080a00730058203612e620000", "hex");
    const hosts = Array.from({ length: 1001 }, () => sequence(taggedAscii(2, "a.example")));
    for (const [value, answer] of [
      [indefinite, "The nameConstraints extension of the certificate of"],
      [sequence(tagged(1, ...hosts)), "has 1001 name constraints; 1000 are allowed"],
    ] as const) {
      const own = certify(subject, subjectPublicKeyInfo, anyExtension(OID.nameConstraints, true, value));
      const refused = await importing(ca, own, chain);
      expect(refused).toContain("MalformedCertificateException: ");
      expect(refused).toContain(answer);
    }
    const { CertificateAuthority } = await world.done("DescribeCertificateAuthority", ids(ca));
    expect(CertificateAuthority.Status).toBe("PENDING_CERTIFICATE");
    expect(await importing(ca, certify(subject, subjectPublicKeyInfo), chain)).toBe("done: ");
    await world.issue(ca, { Validity: { Type: "DAYS", Value: 1 }, TemplateArn: template("EndEntityCertificate/V1") });
  });

  test("a root takes nothing but what it signed itself, and no chain", async () => {
    const ca = await world.create("ROOT");
    const foreign = await signedBy(root, ca);
    expect(await importing(ca, foreign.pem)).toContain("CertificateMismatchException: Only a self-signed certificate");
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(ca));
    const own = await world.issue(ca, { Csr: base64(Csr), TemplateArn: template("RootCACertificate/V1") });
    expect(await importing(ca, own.pem, foreign.chain)).toContain("InvalidRequestException");
    expect(await importing(ca, own.pem)).toBe("done: ");
    const next = await world.issue(ca, {
      Csr: base64(Csr),
      TemplateArn: template("RootCACertificate_APIPassthrough/V1"),
      ApiPassthrough: { Subject: { CommonName: "Another name" } },
    });
    expect(await importing(ca, next.pem)).toContain(
      "MalformedCertificateException: The subject of the certificate must stay",
    );
  });

  test("an expired certificate is refused with MalformedCertificateException", async () => {
    const ca = await world.create("SUBORDINATE");
    const own = await signedBy(root, ca, { Validity: { Type: "DAYS", Value: 1 } });
    world.clock.set(later(world.clock.now(), 2 * DAY));
    expect(await importing(ca, own.pem, own.chain)).toContain("MalformedCertificateException: The certificate expired");
  });
});

test("nobody's job failed", () => {
  expect(world.failures).toEqual([]);
});
