import { createPublicKey, sign, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Der, sequence, tagged, taggedAscii } from "#lib/der.ts";
import { DAY } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { anyExtension, caConstraints, extendedKeyUsage, keyUsage, subjectAltName } from "#lib/x509-extensions.ts";
import {
  commonName,
  type TestCertificate,
  type TestCertificateFields,
  testCa,
  testCertificate,
  testKey,
} from "../../../tests/support/certificates.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { testCrl } from "../../../tests/support/revocation-list.ts";
import { pathCertificate } from "./client-certificate.ts";
import { clientError, type VerifyError } from "./client-path.ts";
import { readTrustStore } from "./trust-store.ts";

const NOW = new Date();
const DATES = { notBefore: new Date(NOW.getTime() - 30 * DAY), notAfter: new Date(NOW.getTime() + 30 * DAY) };
const ca = (name: string, issuer?: TestCertificate, more: object = {}): TestCertificate =>
  testCa(name, { ...DATES, ...(issuer ? { issuer } : {}), ...more });
const leafOf = (issuer: TestCertificate, more: TestCertificateFields = {}): TestCertificate =>
  testCertificate({
    ...DATES,
    name: commonName("client"),
    issuer,
    extensions: [extendedKeyUsage(OID.clientAuth)],
    ...more,
  });

const ROOT = ca("root");
const OTHER_ROOT = ca("another root");
const MIDDLE = ca("middle", ROOT);
const LOW = ca("low", MIDDLE);
const LOWER = ca("lower", LOW);
const LOWEST = ca("lowest", LOWER);
const NAMESAKE = testCa("root", { ...DATES, name: ROOT.name });
const NO_CA = testCertificate({ ...DATES, name: commonName("no ca"), issuer: ROOT, extensions: [] });
const NO_SIGNER = ca("no signer", ROOT, { extensions: [caConstraints(undefined), keyUsage("digitalSignature")] });
const SHORT = testCa("short", { ...DATES, extensions: [caConstraints(0)] });
const BELOW_SHORT = ca("below short", SHORT);
const EXPIRED_CA = testCa("expired", { ...DATES, issuer: ROOT, notAfter: new Date(NOW.getTime() - DAY) });
const NARROW = ca("narrow", ROOT, {
  extensions: [caConstraints(undefined), nameConstraints(taggedAscii(2, "example.com"))],
});
const OLD_ROOT = expired(ROOT);
const OLD_MIDDLE = expired(MIDDLE, ROOT);
const ODD = anyExtension("1.2.3.4", true, sequence());

function nameConstraints(permitted: Der): Der {
  return anyExtension(OID.nameConstraints, true, sequence(tagged(0, sequence(permitted))));
}

/** The certificate that a CA had before this one, under the same name and key. */
function expired(one: TestCertificate, issuer?: TestCertificate): TestCertificate {
  const dates = { notBefore: new Date(NOW.getTime() - 60 * DAY), notAfter: new Date(NOW.getTime() - DAY) };
  const { name, key } = one;
  return testCa("predecessor", { ...dates, name, key, ...(issuer ? { issuer } : {}) });
}

interface Case {
  readonly what: string;
  readonly leaf: TestCertificate;
  readonly sent?: readonly TestCertificate[];
  readonly store: readonly TestCertificate[];
  readonly error?: VerifyError;
  readonly ignoreExpiry?: boolean;
  /** OpenSSL knows no such bound, or looks at the first anchor of a name only. */
  readonly apart?: true;
}

const CASES: readonly Case[] = [
  { what: "a root's own leaf", leaf: leafOf(ROOT), store: [ROOT] },
  { what: "a leaf behind an intermediate that is sent", leaf: leafOf(MIDDLE), sent: [MIDDLE], store: [ROOT] },
  { what: "a leaf behind an intermediate that is in the store", leaf: leafOf(MIDDLE), store: [ROOT, MIDDLE] },
  { what: "an intermediate as the only anchor", leaf: leafOf(MIDDLE), store: [MIDDLE] },
  {
    what: "intermediates in any order, with others",
    leaf: leafOf(LOW),
    sent: [OTHER_ROOT, MIDDLE, LOW],
    store: [ROOT],
  },
  { what: "four CAs above", leaf: leafOf(LOWER), sent: [LOWER, LOW, MIDDLE], store: [ROOT] },
  { what: "RSA", leaf: leafOf(ROOT, { key: testKey("RSA_2048") }), store: [OTHER_ROOT, ROOT] },
  {
    what: "a leaf without purposes",
    leaf: leafOf(ROOT, { extensions: [subjectAltName(["a.test"], false)] }),
    store: [ROOT],
  },
  { what: "two anchors of one name", leaf: leafOf(ROOT), store: [NAMESAKE, ROOT], apart: true },
  {
    what: "an expired leaf where that is ignored",
    leaf: leafOf(ROOT, { notAfter: new Date(NOW.getTime() - DAY) }),
    store: [ROOT],
    ignoreExpiry: true,
    apart: true,
  },
  { what: "a renewed CA behind its predecessor", leaf: leafOf(ROOT), store: [OLD_ROOT, ROOT], apart: true },
  { what: "a renewed CA before its predecessor", leaf: leafOf(ROOT), store: [ROOT, OLD_ROOT] },
  {
    what: "a renewed intermediate that is sent behind its predecessor",
    leaf: leafOf(MIDDLE),
    sent: [OLD_MIDDLE, MIDDLE],
    store: [ROOT],
    apart: true,
  },
  {
    what: "a renewed intermediate in the store, below a predecessor of its root",
    leaf: leafOf(MIDDLE),
    sent: [MIDDLE],
    store: [OLD_MIDDLE, OLD_ROOT, ROOT],
    apart: true,
  },
  {
    what: "a CA whose successor is not in the store, but sent",
    leaf: leafOf(ROOT),
    sent: [ROOT],
    store: [OLD_ROOT],
    error: "ClientCertExpired",
  },
  {
    what: "a predecessor that has expired, of a successor that has another fault",
    leaf: leafOf(ROOT, { extensions: [keyUsage("keyEncipherment")] }),
    store: [OLD_ROOT, ROOT],
    error: "ClientCertPurposeInvalid",
  },
  {
    what: "a permitted name",
    leaf: leafOf(NARROW, { extensions: [subjectAltName(["a.example.com"], false)] }),
    sent: [NARROW],
    store: [ROOT],
  },

  {
    what: "an unknown root",
    leaf: leafOf(OTHER_ROOT),
    sent: [OTHER_ROOT],
    store: [ROOT],
    error: "ClientCertUntrusted",
  },
  { what: "no anchors at all", leaf: leafOf(ROOT), sent: [ROOT], store: [], error: "ClientCertUntrusted" },
  { what: "a namesake of the root", leaf: leafOf(ROOT), store: [NAMESAKE], error: "ClientCertUntrusted" },
  { what: "a missing intermediate", leaf: leafOf(LOW), sent: [LOW], store: [ROOT], error: "ClientCertUntrusted" },
  { what: "an issuer that is no CA", leaf: leafOf(NO_CA), sent: [NO_CA], store: [ROOT], error: "ClientCertUntrusted" },
  {
    what: "a CA that may not sign",
    leaf: leafOf(NO_SIGNER),
    sent: [NO_SIGNER],
    store: [ROOT],
    error: "ClientCertUntrusted",
  },
  {
    what: "a path that is too long for a CA above",
    leaf: leafOf(BELOW_SHORT),
    sent: [BELOW_SHORT],
    store: [SHORT],
    error: "ClientCertUntrusted",
  },
  {
    what: "five CAs above",
    leaf: leafOf(LOWEST),
    sent: [LOWEST, LOWER, LOW, MIDDLE],
    store: [ROOT],
    error: "ClientCertMaxChainDepthExceeded",
    apart: true,
  },
  {
    what: "an expired leaf",
    leaf: leafOf(ROOT, { notAfter: new Date(NOW.getTime() - DAY) }),
    store: [ROOT],
    error: "ClientCertExpired",
  },
  {
    what: "a leaf of the future",
    leaf: leafOf(ROOT, { notBefore: new Date(NOW.getTime() + DAY) }),
    store: [ROOT],
    error: "ClientCertNotYetValid",
  },
  {
    what: "an expired intermediate, ignored or not",
    leaf: leafOf(EXPIRED_CA),
    sent: [EXPIRED_CA],
    store: [ROOT],
    error: "ClientCertExpired",
    ignoreExpiry: true,
  },
  {
    what: "a server's certificate",
    leaf: leafOf(ROOT, { extensions: [extendedKeyUsage(OID.serverAuth)] }),
    store: [ROOT],
    error: "ClientCertPurposeInvalid",
  },
  {
    what: "a key that may not sign",
    leaf: leafOf(ROOT, { extensions: [keyUsage("keyEncipherment")] }),
    store: [ROOT],
    error: "ClientCertPurposeInvalid",
  },
  {
    what: "a small RSA key",
    leaf: leafOf(ROOT, { key: testKey("RSA_1024") }),
    store: [ROOT],
    error: "ClientCertTypeUnsupported",
    apart: true,
  },
  {
    what: "a critical extension that nobody knows",
    leaf: leafOf(ROOT, { extensions: [ODD] }),
    store: [ROOT],
    error: "ClientCertInvalid",
  },
  {
    what: "a name that is not permitted",
    leaf: leafOf(NARROW, { extensions: [subjectAltName(["a.other.com"], false)] }),
    sent: [NARROW],
    store: [ROOT],
    error: "ClientCertUntrusted",
  },
];

function judged({ leaf, sent = [], store, ignoreExpiry = false }: Case, revocations: readonly Buffer[] = []) {
  const read = ({ der }: TestCertificate) => pathCertificate(new X509Certificate(der));
  const bundle = Buffer.from(`# what we trust\n${store.map(({ pem: text }) => text).join("some words\n")}`);
  const trust = readTrustStore({ arn: "store", version: "1", bundle, revocations });
  const [first, others] = [read(leaf), sent.map(read)];
  return clientError(first, others, trust, { ignoreExpiry, now: NOW });
}

test.for(CASES)("$what: $error", (one) => {
  expect(judged(one)).toBe(one.error);
});

test.for(CASES.filter(({ apart }) => !apart))(
  "openssl agrees about $what",
  async ({ leaf, sent = [], store, error }) => {
    const said = await openssl(
      "verify -partial_chain -purpose sslclient -x509_strict -no-CApath -no-CAstore -CAfile store -untrusted sent leaf".replace(
        "-x509_strict ",
        "",
      ),
      {
        store: store.map(({ pem: text }) => text).join("") || OTHER_ROOT.pem,
        sent: sent.map(({ pem: text }) => text).join("") || LOWEST.pem,
        leaf: leaf.pem,
      },
    );
    expect(said.startsWith("exit")).toBe(error !== undefined);
  },
);

test("a revoked certificate is refused, by whichever form its issuer's list came in, however old it is", () => {
  const leaf = leafOf(MIDDLE, { serial: Buffer.from("00ff01", "hex") });
  const one = { what: "", leaf, sent: [MIDDLE], store: [ROOT] };
  const serial = new X509Certificate(leaf.der).serialNumber;
  const der = testCrl(MIDDLE, [Buffer.from("05", "hex"), Buffer.from(serial, "hex")]);
  const old = new Date(NOW.getTime() - 100 * DAY);
  expect(judged(one, [der])).toBe("ClientCertCrlHit");
  expect(judged(one, [Buffer.from(`words\n${pem("X509 CRL", der)}`)])).toBe("ClientCertCrlHit");
  expect(judged(one, [testCrl(MIDDLE, [Buffer.from(serial, "hex")], { at: old })])).toBe("ClientCertCrlHit");
  expect(judged(one, [testCrl(MIDDLE, [Buffer.from("05", "hex")], { at: old })])).toBeUndefined();
  expect(judged(one, [testCrl(ROOT, [Buffer.from(serial, "hex")])])).toBeUndefined();
});

test("an intermediate that its root revoked takes its leafs with it", () => {
  const serial = Buffer.from(new X509Certificate(MIDDLE.der).serialNumber, "hex");
  const one = { what: "", leaf: leafOf(MIDDLE), sent: [MIDDLE], store: [ROOT] };
  expect(judged(one, [testCrl(ROOT, [serial])])).toBe("ClientCertCrlHit");
});

test.for([
  ["that another signed", testCrl({ name: MIDDLE.name, key: OTHER_ROOT.key }, [])],
  ["that is cut short", testCrl(MIDDLE, []).subarray(0, 60)],
  ["that is none", Buffer.from("-----BEGIN CERTIFICATE-----")],
] as const)("with a list %s nobody gets in", ([, list]) => {
  expect(judged({ what: "", leaf: leafOf(MIDDLE), sent: [MIDDLE], store: [ROOT] }, [list])).toBe(
    "ClientCertCrlProcessingError",
  );
});

describe("of two CAs of one name", () => {
  const [old, young] = [ROOT, NAMESAKE];
  const both = { what: "", store: [old, young] };
  const serialOf = ({ der }: TestCertificate): Buffer => Buffer.from(new X509Certificate(der).serialNumber, "hex");
  const leafs = [leafOf(old), leafOf(young, { serial: Buffer.from([7]) })] as const;

  test("each one's list counts for its own certificates", () => {
    const lists = [testCrl(old, []), testCrl(young, [])];
    for (const leaf of leafs) expect(judged({ ...both, leaf }, lists)).toBeUndefined();
    for (const [at, signer] of [old, young].entries()) {
      const revoked = [testCrl(signer, leafs.map(serialOf))];
      for (const [of, leaf] of leafs.entries()) {
        expect(judged({ ...both, leaf }, revoked)).toBe(of === at ? "ClientCertCrlHit" : undefined);
        expect(judged({ ...both, leaf }, [...lists, ...revoked])).toBe(of === at ? "ClientCertCrlHit" : undefined);
      }
    }
  });

  test("nobody gets in with a list that neither signed", () => {
    const strange = testCrl({ name: old.name, key: OTHER_ROOT.key }, []);
    for (const leaf of leafs) expect(judged({ ...both, leaf }, [strange])).toBe("ClientCertCrlProcessingError");
  });

  test("with one key, what is revoked stays so whichever is sent, and whatever that may sign", () => {
    const mute = testCa("mute", {
      ...DATES,
      name: MIDDLE.name,
      key: MIDDLE.key,
      issuer: ROOT,
      extensions: [caConstraints(undefined), keyUsage("keyCertSign")],
    });
    const leaf = leafOf(MIDDLE);
    const one = { what: "", leaf, store: [ROOT, MIDDLE] };
    for (const sent of [[mute], [mute, MIDDLE]])
      expect(judged({ ...one, sent }, [testCrl(MIDDLE, [serialOf(leaf)])])).toBe("ClientCertCrlHit");
    expect(judged({ ...one, store: [mute, MIDDLE] }, [testCrl(MIDDLE, [])])).toBeUndefined();
    expect(judged({ ...one, store: [mute, MIDDLE] }, [testCrl(MIDDLE, [serialOf(leaf)])])).toMatch(/Crl/);
  });
});

test("what a stranger made up is not read", () => {
  const hosts = Array.from({ length: 6_000 }, (_, at) => `a${at}.test`);
  const [leaf, above] = [OTHER_ROOT, OTHER_ROOT].map((issuer) =>
    pathCertificate(new X509Certificate(leafOf(issuer, { extensions: [subjectAltName(hosts, false)] }).der)),
  );
  let read = 0;
  for (const one of [leaf!, above!]) Object.defineProperty(one, "names", { value: () => void read++ });
  const trust = readTrustStore({ arn: "s", version: "1", bundle: Buffer.from(ROOT.pem), revocations: [] });
  expect(clientError(leaf!, [above!], trust, { ignoreExpiry: false, now: NOW })).toBe("ClientCertUntrusted");
  expect(read).toBe(0);
});

test("a name of more than 4 kB is none", () => {
  const long = (length: number) => () =>
    pathCertificate(new X509Certificate(leafOf(ROOT, { name: commonName("x".repeat(length)) }).der));
  expect(long(4_000)).not.toThrow();
  expect(long(4_096)).toThrow("too long");
});

/** A CA that nobody holds a key of, with an exponent as long as its modulus; its signature is `signer`'s. */
function slowCa(name: string, modulus: string, signer: TestCertificate): TestCertificate {
  const exponent = Buffer.from(modulus, "base64url");
  exponent[0] = (exponent[0] ?? 0) & 0x7f;
  exponent[exponent.length - 1] = (exponent.at(-1) ?? 0) | 1;
  const key = createPublicKey({ key: { kty: "RSA", n: modulus, e: exponent.toString("base64url") }, format: "jwk" });
  const algorithm = signatureAlgorithm("RSA_2048");
  const tbs = tbsCertificate({
    ...DATES,
    serial: Buffer.from([1]),
    algorithm: algorithm.identifier,
    issuer: commonName(name),
    subject: commonName(name),
    subjectPublicKeyInfo: key.export({ type: "spki", format: "der" }),
    extensions: [caConstraints(undefined)],
  });
  const der = signed(tbs, algorithm.identifier, sign("sha256", tbs, signer.key));
  return { name: commonName(name), key, der, pem: pem("CERTIFICATE", der) };
}

test("keys whose signatures take long to check are not asked, unless they are trusted", () => {
  const signer = ca("signer", undefined, { key: testKey("RSA_2048") });
  const { n = "" } = createPublicKey(testKey("RSA_3072")).export({ format: "jwk" });
  const slow = Array.from({ length: 8 }, () => slowCa("slow", n, signer));
  const read = ({ der }: TestCertificate) => pathCertificate(new X509Certificate(der));
  let asked = 0;
  const watched = (one: TestCertificate) => {
    const certificate = read(one);
    return Object.defineProperty(certificate, "x509", {
      get() {
        asked++;
        return new X509Certificate(one.der);
      },
    });
  };
  const leaf = leafOf({ ...signer, name: commonName("slow") });
  const trust = readTrustStore({ arn: "s", version: "1", bundle: Buffer.from(ROOT.pem), revocations: [] });
  const [first, others] = [watched(leaf), slow.map(watched)];
  const rules = { ignoreExpiry: false, now: NOW };
  expect(clientError(first, others, trust, rules)).toBe("ClientCertTypeUnsupported");
  expect(asked).toBe(0);
  const trusted = readTrustStore({ arn: "s", version: "2", bundle: Buffer.from(slow[0]!.pem), revocations: [] });
  expect(clientError(first, [], trusted, rules)).toBe("ClientCertUntrusted");
  expect(asked).toBe(1);
});
