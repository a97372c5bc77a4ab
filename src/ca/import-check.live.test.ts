import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { encode, integer, printableString, sequence, utf8String } from "#lib/der.ts";
import { DAY, later } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import * as ext from "#lib/x509-extensions.ts";
import {
  commonName,
  keyPem,
  TEST_TIME,
  type TestCertificate,
  testCa,
  testCertificate,
  testKey,
} from "../../tests/support/certificates.ts";
import { openssl } from "../../tests/support/openssl.ts";
import { describeCertificate } from "./describe.ts";
import { type CheckedImport, checkImport } from "./import-check.ts";
import { checkReimport } from "./reimport-check.ts";

const own = testCertificate();
const root = testCa("Test Root");
const middle = testCa("Test Middle", { issuer: root });
const low = testCa("Test Low", { issuer: middle });
const leaf = testCertificate({ issuer: low });

interface Given {
  readonly certificate?: string | Uint8Array;
  readonly key?: Uint8Array;
  readonly chain?: string;
  readonly of?: TestCertificate;
  readonly now?: Date;
}

function check({ of = own, certificate = of.pem, key, chain, now = TEST_TIME }: Given): CheckedImport {
  using privateKey = key ? new PlaintextKey(Buffer.from(key)) : keyPem(of.key);
  return checkImport(
    {
      certificate: typeof certificate === "string" ? Buffer.from(certificate) : certificate,
      privateKey,
      certificateChain: chain === undefined ? undefined : Buffer.from(chain),
    },
    now,
  );
}

function refusal(given: Given): string {
  try {
    check(given);
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).code).toBe("import-invalid");
    return (error as Refusal).message;
  }
  throw new Error("it was accepted");
}

describe("accepts", () => {
  test.for<KeyAlgorithm>([
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
  ])("a self-signed certificate with a key of type %s", (algorithm) => {
    const of = testCertificate({ key: testKey(algorithm) });
    using checked = check({ of });
    expect(checked.facts).toMatchObject({ keyAlgorithm: algorithm, domainName: "example.com" });
    expect(checked.certificatePem).toBe(of.pem);
    expect(checked.chainPem).toBeUndefined();
    expect(checked.privateKey.bytes.equals(of.key.export({ type: "pkcs8", format: "der" }))).toBe(true);
  });

  test.for(["pkcs1", "sec1"] as const)("a private key in the %s form that OpenSSL writes", async (form) => {
    const of = testCertificate({ key: testKey(form === "pkcs1" ? "RSA_2048" : "EC_prime256v1") });
    const key =
      form === "pkcs1"
        ? await openssl("rsa -traditional -in k.pem", { "k.pem": keyPem(of.key).bytes })
        : await openssl("ec -in k.pem", { "k.pem": keyPem(of.key).bytes });
    const withParameters = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${key.replace(/^writing.*\n|^read.*\n/gm, "")}`;
    using checked = check({ of, key: Buffer.from(form === "sec1" ? withParameters : key) });
    expect(checked.privateKey.bytes.equals(of.key.export({ type: "pkcs8", format: "der" }))).toBe(true);
  });

  test("a chain as it is given, with or without its root", () => {
    for (const chain of [low.pem, low.pem + middle.pem, low.pem + middle.pem + root.pem]) {
      using checked = check({ of: leaf, chain });
      expect(checked.chainPem).toBe(chain);
    }
  });

  test("a chain in another order, and puts it in order", () => {
    for (const chain of [
      root.pem + middle.pem + low.pem,
      middle.pem + root.pem + low.pem,
      root.pem + low.pem + middle.pem,
    ]) {
      using checked = check({ of: leaf, chain });
      expect(checked.chainPem).toBe(low.pem + middle.pem + root.pem);
    }
  });

  test("a self-signed certificate made by the openssl command", async () => {
    const made = await openssl(
      "req -x509 -newkey rsa:2048 -nodes -subj /C=AU/ST=Some-State/O=Acme/CN=example.org -addext subjectAltName=DNS:example.org,IP:10.0.0.1 -keyout - -days 30",
    );
    const [key = "", certificate = ""] = ["PRIVATE KEY", "CERTIFICATE"].map(
      (label) => new RegExp(`-----BEGIN ${label}[^]*END ${label}-----\n`).exec(made)?.[0],
    );
    using checked = check({ certificate, key: Buffer.from(key), now: new Date() });
    expect(checked.facts).toMatchObject({
      subject: "C=AU,ST=Some-State,O=Acme,CN=example.org",
      issuer: "Acme",
      names: ["example.org", "10.0.0.1"],
      keyUsages: ["ANY"],
      extendedKeyUsages: [{ name: "NONE", oid: undefined }],
      signatureAlgorithm: "SHA256WITHRSA",
    });
  });

  test("the key is wiped with the result", () => {
    const bytes = (() => {
      using checked = check({});
      return checked.privateKey.bytes;
    })();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

const PARSE = "Unable to parse certificate. Be sure that the certificate is in PEM format.";
const CHAIN = "Could not validate the certificate with the certificate chain.";
const encrypted = (): Uint8Array =>
  Buffer.from(own.key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }));
const keyOf = (type: "ed25519" | "x25519"): Uint8Array =>
  keyPem(type === "ed25519" ? generateKeyPairSync("ed25519").privateKey : generateKeyPairSync("x25519").privateKey)
    .bytes;

describe("refuses with ValidationException", () => {
  test.for<[string, () => Given, string]>([
    [
      "no PEM",
      () => ({ certificate: "hello" }),
      "The certificate body provided isn't in a valid PEM format: line 1 stands outside of a -----BEGIN … block.",
    ],
    ["DER", () => ({ certificate: own.der }), "The certificate body provided isn't in a valid PEM format"],
    [
      "nothing",
      () => ({ certificate: "\n" }),
      "The certificate body provided isn't in a valid PEM format. It is empty.",
    ],
    [
      "a torn block",
      () => ({ certificate: own.pem.slice(0, -26) }),
      "the block that begins in line 1 has no -----END CERTIFICATE----- line",
    ],
    ["too many bytes", () => ({ certificate: own.pem + " ".repeat(33_000) }), "more than 32768 bytes"],
    [
      "a block that is no certificate",
      () => ({ certificate: pem("CERTIFICATE", Buffer.from("3003020101", "hex")) }),
      `${PARSE} In the certificate body, the block that begins in line 1.`,
    ],
    [
      "a certificate with a byte too many",
      () => ({ certificate: pem("CERTIFICATE", Buffer.concat([own.der, Buffer.alloc(1)])) }),
      PARSE,
    ],
    [
      "another kind of block",
      () => ({ certificate: pem("CERTIFICATE REQUEST", own.der) }),
      "The certificate body holds a CERTIFICATE REQUEST in line 1; only certificates belong there.",
    ],
    [
      "two certificates",
      () => ({ certificate: own.pem + own.pem }),
      "The certificate field contains more than one certificate. You can specify only one certificate in this field.",
    ],
    [
      "no key",
      () => ({ key: Buffer.from("hello") }),
      "Passed PEM was not a private key. It has no -----BEGIN PRIVATE KEY----- line.",
    ],
    [
      "a certificate for a key",
      () => ({ key: Buffer.from(own.pem) }),
      "Passed PEM was not a private key. It holds a CERTIFICATE.",
    ],
    [
      "a public key",
      () => ({ key: Buffer.from(pem("PUBLIC KEY", own.der)) }),
      "Passed PEM was not a private key. It holds a PUBLIC KEY.",
    ],
    [
      "two keys",
      () => ({ key: Buffer.concat([keyPem(own.key).bytes, keyPem(own.key).bytes]) }),
      "It holds more than one.",
    ],
    [
      "a torn key",
      () => ({ key: keyPem(own.key).bytes.subarray(0, -20) }),
      "Passed PEM was not a private key. A block has no -----END PRIVATE KEY----- line.",
    ],
    [
      "garbage for a key",
      () => ({ key: Buffer.from(pem("PRIVATE KEY", Buffer.alloc(40, 1))) }),
      "Passed PEM was not a private key. Its contents are not",
    ],
    ["an encrypted key", () => ({ key: encrypted() }), "Your private key should not be encrypted."],
    ["a key of more than 5 KB", () => ({ key: Buffer.alloc(6000, 0x20) }), "at most 5120"],
    ["an Ed25519 key", () => ({ key: keyOf("ed25519") }), "The private key isn't supported. It is of type ed25519"],
    ["an X25519 key", () => ({ key: keyOf("x25519") }), "The private key isn't supported. It is of type x25519"],
    [
      "another curve",
      () => ({ key: keyPem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey).bytes }),
      "The private key isn't supported. It is of type secp256k1",
    ],
    [
      "RSA-512",
      () => ({ key: keyPem(generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey).bytes }),
      "The private key length isn't supported for key algorithm. The key has 512 bits",
    ],
    ["another's key", () => ({ key: keyPem(testKey()).bytes }), "The private key doesn't match the certificate"],
    [
      "no more valid",
      () => ({ now: later(TEST_TIME, 91 * DAY) }),
      "The certificate has expired: it was valid until 2027-02-20T12:00:00.000Z.",
    ],
    [
      "not yet valid",
      () => ({ now: later(TEST_TIME, -2 * DAY) }),
      "The certificate is not valid before 2026-11-21T12:00:00.000Z.",
    ],
    [
      "no issuer",
      () => ({
        of: testCertificate({ name: commonName("example.com"), issuer: { name: encode(sequence()), key: testKey() } }),
      }),
      "The certificate must name its issuer; the field is empty.",
    ],
    [
      "no name",
      () => ({ of: testCertificate({ name: commonName("Test Corp"), extensions: [] }) }),
      "at least one domain name or IP address",
    ],
    [
      "an extension twice",
      () => ({ of: testCertificate({ extensions: [ext.leafConstraints(), ext.leafConstraints()] }) }),
      "has the extension 2.5.29.19 twice",
    ],
    [
      "a malformed extension",
      () => ({ of: testCertificate({ extensions: [ext.extension("subjectAltName", false, integer(1))] }) }),
      "Unable to parse certificate. An extension is malformed.",
    ],
    [
      "a long OCSP URL",
      () => ({
        of: testCertificate({
          extensions: [
            ext.subjectAltName(["example.com"], false),
            ext.authorityInformationAccess({ ocsp: `http://${"a".repeat(1000)}`, caIssuers: "http://a" }),
          ],
        }),
      }),
      "OCSP URL has more than 1000 characters",
    ],
    [
      "no chain",
      () => ({ of: leaf }),
      "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.",
    ],
    [
      "an empty chain",
      () => ({ of: leaf, chain: " " }),
      "The certificate chain provided isn't in a valid PEM format. It is empty.",
    ],
    [
      "a torn chain",
      () => ({ of: leaf, chain: `${low.pem}\nhello` }),
      "The certificate chain provided isn't in a valid PEM format: line",
    ],
    [
      "a chain with a gap",
      () => ({ of: leaf, chain: low.pem + root.pem }),
      `${CHAIN} None of the chain's certificates signed CN=Test Low, issued by CN=Test Middle.`,
    ],
    [
      "a foreign chain",
      () => ({ of: leaf, chain: testCa("Test Low").pem }),
      `${CHAIN} None of the chain's certificates signed CN=example.com, issued by CN=Test Low.`,
    ],
    [
      "a chain with the leaf in it",
      () => ({ of: leaf, chain: leaf.pem + low.pem }),
      `${CHAIN} The chain holds the certificate itself`,
    ],
    [
      "a chain with one too many",
      () => ({ of: leaf, chain: low.pem + middle.pem + root.pem + own.pem }),
      `${CHAIN} None of the chain's certificates signed CN=Test Root`,
    ],
    ["a chain of 21", () => ({ of: leaf, chain: low.pem.repeat(21) }), "there are more than 20 blocks"],
    [
      "an issuer that is no CA",
      () => underIssuer(testCertificate({ name: commonName("No CA"), extensions: [] })),
      `${CHAIN} CN=No CA is not the certificate of a CA.`,
    ],
    [
      "an expired issuer",
      () => underIssuer(testCa("Old CA", { notBefore: later(TEST_TIME, -9 * DAY), notAfter: later(TEST_TIME, -DAY) })),
      `${CHAIN} CN=Old CA expired`,
    ],
    [
      "an issuer of tomorrow",
      () => underIssuer(testCa("New CA", { notBefore: later(TEST_TIME, DAY) })),
      `${CHAIN} CN=New CA is not valid before`,
    ],
    [
      "a path that is too long",
      () => tooLong(),
      `${CHAIN} CN=Short Root allows 0 CA certificates below it; there are 1.`,
    ],
    [
      "a serial number that is too long",
      () => ({ of: testCertificate({ serial: Buffer.alloc(21, 1) }) }),
      "The serial number of the certificate has more than 20 bytes.",
    ],
    [
      "an issuer of another key family",
      () => underIssuer(testCa("RSA CA", { key: testKey("RSA_2048") })),
      `${CHAIN} The key of the certificate (EC_prime256v1) and of the CA that signed it (RSA_2048) are of different kinds.`,
    ],
  ])("%s", ([, given, message]) => {
    expect(refusal(given())).toContain(message);
  });

  test("a key that says it is the right one but signs wrongly", () => {
    const key = testKey("RSA_2048");
    const jwk = key.export({ format: "jwk" });
    const other = testKey("RSA_2048").export({ format: "jwk" });
    const { d, p, q, dp, dq, qi } = other;
    const of = testCertificate({ key });
    const forged = Buffer.from(rsaPkcs1({ ...jwk, d, p, q, dp, dq, qi }));
    const message = refusal({ of, key: Buffer.from(pem("RSA PRIVATE KEY", forged)) });
    expect(message).toMatch(/damaged: its signatures don't verify|Passed PEM was not a private key/);
  });
});

describe("describes", () => {
  test("a certificate in ACM's words", () => {
    const name = distinguishedName([
      [OID.countryName, printableString("AU")],
      ["2.5.4.8", utf8String("Some-State")],
      ["2.5.4.7", utf8String("Sydney, NSW")],
      [OID.organizationName, utf8String("Acme")],
      ["2.5.4.11", utf8String("IT")],
      [OID.commonName, utf8String("example.com")],
    ]);
    const { der } = testCertificate({
      name,
      key: testKey("EC_secp384r1"),
      extensions: [
        ext.keyUsage("digitalSignature", "keyEncipherment"),
        ext.extendedKeyUsage(OID.serverAuth, "1.3.6.1.5.5.7.3.2", "1.2.3.4"),
        ext.subjectAltName(["www.example.com", Buffer.from([192, 0, 2, 1]), "example.com"], false),
      ],
    });
    expect(describeCertificate(der)).toEqual({
      serial: "07717100ff",
      subject: "C=AU,ST=Some-State,L=Sydney\\, NSW,O=Acme,OU=IT,CN=example.com",
      issuer: "Acme",
      commonName: "example.com",
      names: ["www.example.com", "192.0.2.1", "example.com"],
      notBefore: new Date("2026-11-21T12:00:00Z"),
      notAfter: new Date("2027-02-20T12:00:00Z"),
      keyAlgorithm: "EC_secp384r1",
      signatureAlgorithm: "SHA384WITHECDSA",
      keyUsages: ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
      extendedKeyUsages: [
        { name: "TLS_WEB_SERVER_AUTHENTICATION", oid: OID.serverAuth },
        { name: "TLS_WEB_CLIENT_AUTHENTICATION", oid: "1.3.6.1.5.5.7.3.2" },
        { name: "CUSTOM", oid: "1.2.3.4" },
      ],
    });
  });

  test("one without organisation, alternative names and usages", () => {
    expect(describeCertificate(testCertificate({ extensions: [] }).der)).toMatchObject({
      issuer: "example.com",
      names: ["example.com"],
      keyUsages: ["ANY"],
      extendedKeyUsages: [{ name: "NONE", oid: undefined }],
    });
  });

  test("the first alternative name is the domain name where the common name is none", () => {
    using checked = check({ of: testCertificate({ name: commonName("Test Corp") }) });
    expect(checked.facts.domainName).toBe("example.com");
  });
});

describe("a reimport", () => {
  const current = {
    keyAlgorithm: "EC_prime256v1",
    names: ["example.com"],
    keyUsages: ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
    extendedKeyUsages: ["TLS_WEB_SERVER_AUTHENTICATION", "TLS_WEB_CLIENT_AUTHENTICATION"],
  };
  const next = (fields: Parameters<typeof testCertificate>[0]): CheckedImport => check({ of: testCertificate(fields) });

  test("may add names and usages, and drop clientAuth, and keyEncipherment of an EC key", () => {
    using checked = next({
      extensions: [
        ext.keyUsage("digitalSignature"),
        ext.extendedKeyUsage(OID.serverAuth, "1.3.6.1.5.5.7.3.3"),
        ext.subjectAltName(["www.example.com", "example.com"], false),
      ],
    });
    checkReimport(current, checked.facts);
  });

  test("may not change the key type", () => {
    using checked = next({ key: testKey("EC_secp384r1") });
    expect(() => checkReimport(current, checked.facts)).toThrow(
      "New certificate has a key of EC_secp384r1 which is different from EC_prime256v1 in the current certificate",
    );
  });

  test("may not lose every name, nor a usage", () => {
    using other = next({ name: commonName("example.net"), extensions: [] });
    expect(() => checkReimport(current, other.facts)).toThrow("none of the domain names");
    using signer = next({
      extensions: [
        ext.keyUsage("keyEncipherment"),
        ext.extendedKeyUsage(OID.serverAuth),
        ext.subjectAltName(["example.com"], false),
      ],
    });
    expect(() => checkReimport(current, signer.facts)).toThrow("lacks the key usage DIGITAL_SIGNATURE");
    using client = next({
      extensions: [ext.extendedKeyUsage("1.3.6.1.5.5.7.3.2"), ext.subjectAltName(["example.com"], false)],
    });
    expect(() => checkReimport(current, client.facts)).toThrow(
      "lacks the extended key usage TLS_WEB_SERVER_AUTHENTICATION",
    );
  });
});

test("any damage to any part is refused or accepted, never anything else", () => {
  const whole = [leaf.der, leaf.key.export({ type: "pkcs8", format: "der" }), low.der] as const;
  const damage = fc.record({
    part: fc.nat(2),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    value: fc.nat(255),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const parts = whole.map((der) => Buffer.from(der));
      for (const { part, at, value, cut } of damages) {
        const place = Math.floor(at * parts[part]!.length);
        if (cut) parts[part] = parts[part]!.subarray(0, Math.max(1, place));
        else if (place < parts[part]!.length) parts[part]![place] = value;
      }
      const [certificate, key, chain] = parts.map((der, index) =>
        pem(index === 1 ? "PRIVATE KEY" : "CERTIFICATE", der),
      );
      try {
        using _ = check({ certificate: certificate!, key: Buffer.from(key!), chain: chain! });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test("any texts are refused, never anything else", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((inner) => `-----BEGIN CERTIFICATE-----\n${inner}\n-----END CERTIFICATE-----`),
    fc.uint8Array({ minLength: 1, maxLength: 200 }).map((der) => pem("CERTIFICATE", der)),
  );
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 200 }), text, (certificate, key, chain) => {
      refusal({ certificate, key, chain });
      refusal({ key });
      refusal({ of: leaf, chain });
    }),
  );
});

function underIssuer(issuer: TestCertificate): Given {
  return { of: testCertificate({ issuer }), chain: issuer.pem };
}

function tooLong(): Given {
  const top = testCa("Short Root", { pathLength: 0, extensions: [ext.caConstraints(0)] });
  const below = testCa("Below", { issuer: top });
  return { of: testCertificate({ issuer: below }), chain: below.pem + top.pem };
}

/** RSAPrivateKey (RFC 8017 appendix A.1.2) of numbers that need not belong together. */
function rsaPkcs1(jwk: Readonly<Record<string, string | undefined>>): Buffer {
  return encode(
    sequence(
      integer(0),
      ...["n", "e", "d", "p", "q", "dp", "dq", "qi"].map((part) => integer(Buffer.from(jwk[part] ?? "", "base64url"))),
    ),
  );
}
