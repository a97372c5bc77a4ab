import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { caName } from "#ca/ca-certificate.ts";
import {
  bitString,
  type Der,
  encode,
  generalizedTime,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  setOf,
  tagged,
  taggedAscii,
  taggedBytes,
  time,
  utf8String,
} from "#lib/der.ts";
import { DAY, HOUR, later, SECOND } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { commonNameOnly, distinguishedName, readTbs } from "#lib/x509-certificate.ts";
import * as ext from "#lib/x509-extensions.ts";
import { hasKnownForm } from "./known-form.ts";
import { LintError, lintFindings, lintLeaf, RULES } from "./lint.ts";
import { type CertifiedKey, certifiedKey, type LintContext } from "./linted-leaf.ts";

const now = new Date("2026-11-22T12:00:00Z");
const context: LintContext = {
  profile: "server",
  now,
  issuer: {
    name: caName("Test CA"),
    keyId: Buffer.alloc(20, 1),
    algorithm: signatureAlgorithm("EC_prime256v1"),
    notBefore: later(now, -DAY),
    notAfter: later(now, 1000 * DAY),
  },
};
const keys = {
  ec: generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey,
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey,
};

/** A TBSCertificate in its parts, so that each can be made wrong alone. */
interface Parts {
  version: Der;
  serial: Der;
  algorithm: Der;
  issuer: Der;
  notBefore: Der;
  notAfter: Der;
  subject: Der;
  key: Der;
  afterKey: readonly Der[];
  keyUsage: Der;
  alternativeNames: Der;
  constraints: Der;
  purposes: Der;
  authorityKey: Der;
  policies: Der;
  places: Der;
  crl: Der;
  more: readonly Der[];
}

const good: Parts = {
  version: tagged(0, integer(2)),
  serial: integer(Buffer.alloc(16, 0x55)),
  algorithm: context.issuer.algorithm.identifier,
  issuer: context.issuer.name,
  notBefore: time(later(now, -HOUR)),
  notAfter: time(later(now, 198 * DAY - HOUR - SECOND)),
  subject: commonNameOnly("example.com"),
  key: spki(keys.ec),
  afterKey: [],
  keyUsage: ext.keyUsage("digitalSignature"),
  alternativeNames: ext.subjectAltName(["example.com", "*.example.com", "xn--bcher-kva.example"], false),
  constraints: ext.leafConstraints(),
  purposes: ext.extendedKeyUsage(OID.serverAuth),
  authorityKey: ext.authorityKeyIdentifier(context.issuer.keyId),
  policies: ext.certificatePolicies(OID.domainValidated),
  places: ext.authorityInformationAccess({ ocsp: "http://ca.test/ocsp", caIssuers: "http://ca.test/ca.crt" }),
  crl: ext.crlDistributionPoint("http://ca.test/ca.crl"),
  more: [],
};

function tbs(different: Partial<Parts> = {}): Buffer {
  const p = { ...good, ...different };
  const extensions = [
    p.keyUsage,
    p.alternativeNames,
    p.constraints,
    p.purposes,
    p.authorityKey,
    p.policies,
    p.places,
    p.crl,
  ];
  return encode(
    sequence(
      p.version,
      p.serial,
      p.algorithm,
      p.issuer,
      sequence(p.notBefore, p.notAfter),
      p.subject,
      p.key,
      ...p.afterKey,
      tagged(3, sequence(...extensions, ...p.more)),
    ),
  );
}

function rulesBroken(different: Partial<Parts>, held: LintContext = context): string[] {
  return lintFindings(tbs(different), held).map((finding) => finding.split(" ")[0]!);
}

test("finds nothing in leafs as we make them", () => {
  expect(lintFindings(tbs(), context)).toEqual([]);
  const rsa = { key: spki(keys.rsa), keyUsage: ext.keyUsage("digitalSignature", "keyEncipherment") };
  expect(rulesBroken(rsa)).toEqual([]);
  expect(rulesBroken({ more: [timestamps(SCT + SCT)] })).toEqual([]);
  const nameless = { subject: commonNameOnly(undefined), alternativeNames: ext.subjectAltName(["example.com"], true) };
  expect(rulesBroken(nameless)).toEqual([]);
});

test("local names and addresses are for our own servers only", () => {
  const local = {
    subject: commonNameOnly("localhost"),
    alternativeNames: ext.subjectAltName(["localhost", Buffer.from([127, 0, 0, 1])], false),
  };
  expect(rulesBroken(local, { ...context, profile: "internal" })).toEqual([]);
  expect(rulesBroken(local)).toEqual(["namesAreOfAllowedKinds", "hostNamesAreFullyQualified"]);
});

const EXTENSION_OF = {
  keyUsage: "keyUsage",
  alternativeNames: "subjectAltName",
  constraints: "basicConstraints",
  purposes: "extKeyUsage",
  authorityKey: "authorityKeyIdentifier",
  policies: "certificatePolicies",
  places: "authorityInfoAccess",
  crl: "cRLDistributionPoints",
} as const;

const FALSE = Buffer.from([1, 1, 0]);
/** A timestamp of the least length, with its own length in front. */
const SCT = `002f${"00".repeat(47)}`;
function timestamps(list: string, critical = false): Der {
  const bytes = Buffer.from(list, "hex");
  return ext.anyExtension(OID.sctList, critical, octetString(Buffer.concat([Buffer.from([0, bytes.length]), bytes])));
}
const name = (...names: string[]): Partial<Parts> => ({
  alternativeNames: ext.subjectAltName(["example.com", ...names], false),
});

/** Every rule, with certificates that break it. */
const BROKEN: readonly (readonly [rule: string, what: string, Partial<Parts>])[] = [
  ["versionIsThree", "version 2", { version: tagged(0, integer(1)) }],
  ["serialIsLongAndPositive", "short", { serial: integer(4711) }],
  ["serialIsLongAndPositive", "zero", { serial: integer(0) }],
  ["serialIsLongAndPositive", "negative", { serial: Buffer.from([2, 1, 0x80]) }],
  ["serialIsLongAndPositive", "21 octets", { serial: integer(Buffer.alloc(21, 1)) }],
  ["signatureAlgorithmIsTheIssuers", "another", { algorithm: signatureAlgorithm("RSA_2048").identifier }],
  ["signatureAlgorithmIsTheIssuers", "with NULL", { algorithm: sequence(oid(OID.sha256WithEcdsa), NULL) }],
  ["issuerIsNamedAsItself", "another", { issuer: caName("Test CB") }],
  ["issuerIsNamedAsItself", "empty", { issuer: sequence() }],
  ["validityIsForward", "backwards", { notBefore: time(later(now, HOUR)), notAfter: time(now) }],
  ["validityIsWithinTheLimit", "a second too long", { notBefore: time(now), notAfter: time(later(now, 200 * DAY)) }],
  ["validityBeginsNow", "three days ago", { notBefore: time(later(now, -3 * DAY)) }],
  ["validityBeginsNow", "in three days", { notBefore: time(later(now, 3 * DAY)) }],
  ["validityIsWithinTheIssuers", "before it", { notBefore: time(later(now, -DAY - SECOND)) }],
  ["validityIsWithinTheIssuers", "beyond it", { notAfter: time(later(now, 1001 * DAY)) }],
  ["timesAreInTheirForm", "GeneralizedTime too early", { notAfter: generalizedTime(later(now, 10 * DAY)) }],
  [
    "timesAreInTheirForm",
    "no seconds",
    { notAfter: Buffer.concat([Buffer.from([0x17, 11]), Buffer.from("2612010000Z")]) },
  ],
  ["subjectIsACommonNameAtMost", "an organisation", { subject: caName("example.com") }],
  [
    "subjectIsACommonNameAtMost",
    "two in one RDN",
    { subject: sequence(setOf(Buffer.concat([cn("example.com"), cn("www.example.com")]))) },
  ],
  [
    "commonNameIsShort",
    "65 characters",
    { subject: commonNameOnly(`${"a".repeat(53)}.example.com`), ...name(`${"a".repeat(53)}.example.com`) },
  ],
  ["commonNameIsAnAlternativeName", "another", { subject: commonNameOnly("example.net") }],
  ["commonNameIsAnAlternativeName", "in another case", { subject: commonNameOnly("Example.com") }],
  [
    "commonNameIsAText",
    "IA5String",
    {
      subject: distinguishedName([
        [OID.commonName, Buffer.concat([Buffer.from([0x16, 11]), Buffer.from("example.com")])],
      ]),
    },
  ],
  ["thereAreNoUniqueIds", "one", { afterKey: [taggedBytes(2, Buffer.from([0, 1]))] }],
  [
    "keyAlgorithmIsPrescribed",
    "RSA without NULL",
    { key: sequence(sequence(oid(OID.rsaEncryption)), bitString(rsaKey(keys.rsa))) },
  ],
  ["keyAlgorithmIsPrescribed", "Ed25519", { key: spki(generateKeyPairSync("ed25519").publicKey) }],
  ["keyIsLongEnough", "RSA-1024", { key: spki(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey) }],
  ["keyIsLongEnough", "2050 bits", { key: spki(rsaOf((1n << 2049n) + odd(2048), 65_537n)) }],
  ["keyIsLongEnough", "another curve", { key: spki(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey) }],
  [
    "exponentIsSound",
    "three",
    { key: spki(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey) },
  ],
  ["exponentIsSound", "even", { key: spki(rsaOf(odd(2048), 65_538n)) }],
  ["modulusHasNoSmallFactor", "751", { key: spki(rsaOf((odd(2048) / 1502n) * 1502n + 751n, 65_537n)) }],
  ["primesAreApart", "neighbours", { key: spki(rsaOf(neighbours(), 65_537n)) }],
  ["modulusIsNoRoca", "a power of 65537", { key: spki(rsaOf(roca(), 65_537n)) }],
  ["namesAreThere", "none", { alternativeNames: ext.subjectAltName([], false) }],
  ["namesAreThere", "101", name(...Array.from({ length: 100 }, (_, i) => `n${i}.example.com`))],
  [
    "namesAreOfAllowedKinds",
    "an address",
    { alternativeNames: ext.subjectAltName(["example.com", Buffer.from([1, 2, 3, 4])], false) },
  ],
  [
    "namesAreOfAllowedKinds",
    "an e-mail address",
    {
      alternativeNames: ext.extension(
        "subjectAltName",
        false,
        sequence(taggedAscii(2, "example.com"), taggedAscii(1, "a@example.com")),
      ),
    },
  ],
  ["hostNamesAreWellFormed", "an underscore", name("a_b.example.com")],
  ["hostNamesAreWellFormed", "upper case", name("WWW.example.com")],
  ["hostNamesAreWellFormed", "a wildcard inside", name("www.*.com")],
  ["hostNamesAreWellFormed", "a part of a label", name("w*.example.com")],
  ["hostNamesAreWellFormed", "two wildcards", name("*.*.example.com")],
  ["hostNamesAreWellFormed", "a trailing dot", name("www.example.com.")],
  ["hostNamesAreWellFormed", "a hyphen at the end", name("www-.example.com")],
  ["hostNamesAreWellFormed", "a label of 64", name(`${"a".repeat(64)}.com`)],
  ["hostNamesAreWellFormed", "254 characters", name(`${"a.".repeat(125)}test`)],
  ["hostNamesAreFullyQualified", "one label", name("localhost")],
  ["hostNamesAreFullyQualified", "an address as a name", name("10.0.0.1")],
  ["internationalNamesAreValid", "no A-label", name("ab--cd.example.com")],
  ["internationalNamesAreValid", "bad Punycode", name("xn--0.example.com")],
  ["namesAreDifferent", "twice", name("example.com")],
  ["extensionsAreDifferent", "twice", { more: [ext.leafConstraints()] }],
  ["extensionsAreKnown", "a subject key identifier", { more: [ext.subjectKeyIdentifier(Buffer.alloc(20))] }],
  ["authorityKeyIsTheIssuers", "another", { authorityKey: ext.authorityKeyIdentifier(Buffer.alloc(20, 2)) }],
  [
    "authorityKeyIsTheIssuers",
    "critical",
    { authorityKey: ext.extension("authorityKeyIdentifier", true, sequence(taggedBytes(0, context.issuer.keyId))) },
  ],
  [
    "authorityKeyIsTheIssuers",
    "with a serial number",
    {
      authorityKey: ext.extension(
        "authorityKeyIdentifier",
        false,
        sequence(
          taggedBytes(0, context.issuer.keyId),
          tagged(1, tagged(4, context.issuer.name)),
          taggedBytes(2, Buffer.from([1])),
        ),
      ),
    },
  ],
  ["authorityKeyIsTheIssuers", "no key", { authorityKey: ext.extension("authorityKeyIdentifier", false, sequence()) }],
  ["alternativeNamesAreCriticalForAnEmptySubject", "not critical", { subject: sequence() }],
  [
    "alternativeNamesAreCriticalForAnEmptySubject",
    "needlessly critical",
    { alternativeNames: ext.subjectAltName(["example.com"], true) },
  ],
  ["keyUsageSuitsTheKey", "keyEncipherment for EC", { keyUsage: ext.keyUsage("digitalSignature", "keyEncipherment") }],
  ["keyUsageSuitsTheKey", "no digitalSignature", { keyUsage: ext.keyUsage("keyEncipherment"), key: spki(keys.rsa) }],
  ["keyUsageSuitsTheKey", "a CA's", { keyUsage: ext.keyUsage("digitalSignature", "keyCertSign") }],
  ["keyUsageSuitsTheKey", "not critical", { keyUsage: ext.extension("keyUsage", false, Buffer.from([3, 2, 7, 0x80])) }],
  [
    "purposeIsServerAuthentication",
    "clientAuth too",
    { purposes: ext.extendedKeyUsage(OID.serverAuth, "1.3.6.1.5.5.7.3.2") },
  ],
  ["purposeIsServerAuthentication", "any", { purposes: ext.extendedKeyUsage(OID.anyExtendedKeyUsage) }],
  [
    "purposeIsServerAuthentication",
    "critical",
    { purposes: ext.extension("extKeyUsage", true, sequence(oid(OID.serverAuth))) },
  ],
  ["policyIsDomainValidated", "any policy", { policies: ext.certificatePolicies(OID.anyPolicy) }],
  ["policyIsDomainValidated", "not the first", { policies: ext.certificatePolicies("1.2.3.4", OID.domainValidated) }],
  [
    "policyIsDomainValidated",
    "a qualifier",
    {
      policies: ext.extension(
        "certificatePolicies",
        false,
        sequence(
          sequence(
            oid(OID.domainValidated),
            sequence(sequence(oid("1.3.6.1.5.5.7.2.1"), Buffer.concat([Buffer.from([0x16, 4]), Buffer.from("http")]))),
          ),
        ),
      ),
    },
  ],
  ["crlIsAtOneHttpUrl", "https", { crl: ext.crlDistributionPoint("https://ca.test/ca.crl") }],
  [
    "crlIsAtOneHttpUrl",
    "two points",
    { crl: ext.extension("cRLDistributionPoints", false, sequence(point("http://a.test"), point("http://b.test"))) },
  ],
  ["crlIsAtOneHttpUrl", "no URL", { crl: ext.crlDistributionPoint("http://") }],
  [
    "issuerIsFoundOverHttp",
    "no OCSP",
    { places: ext.authorityInformationAccess({ caIssuers: "http://ca.test/ca.crt" }) },
  ],
  [
    "issuerIsFoundOverHttp",
    "ldap",
    { places: ext.authorityInformationAccess({ ocsp: "ldap://ca.test", caIssuers: "http://ca.test/ca.crt" }) },
  ],
  ["leafIsNoCa", "a CA", { constraints: ext.caConstraints(undefined) }],
  ["leafIsNoCa", "not critical", { constraints: ext.extension("basicConstraints", false, sequence()) }],
  ["timestampsAreWhole", "critical", { more: [timestamps(SCT, true)] }],
  ["timestampsAreWhole", "an empty list", { more: [timestamps("")] }],
  ["timestampsAreWhole", "one that is cut off", { more: [timestamps(SCT.slice(0, -2))] }],
  ["timestampsAreWhole", "one that is too short", { more: [timestamps("000100")] }],
  ["timestampsAreWhole", "another version", { more: [timestamps(SCT.replace(/^002f00/, "002f01"))] }],
  [
    "timestampsAreWhole",
    "a wrong length",
    { more: [ext.anyExtension(OID.sctList, false, octetString(Buffer.from("0005000100", "hex")))] },
  ],
  ["timestampsAreWhole", "no OCTET STRING", { more: [ext.anyExtension(OID.sctList, false, sequence())] }],
  ["defaultsAreLeftOut", "cA FALSE", { constraints: ext.extension("basicConstraints", true, sequence(FALSE)) }],
  [
    "defaultsAreLeftOut",
    "critical FALSE",
    { purposes: sequence(oid(OID.extKeyUsage), FALSE, octetString(sequence(oid(OID.serverAuth)))) },
  ],
];

describe("refuses", () => {
  test.for(BROKEN)("%s: %s", ([rule, , different]) => {
    expect(rulesBroken(different)).toContain(rule);
  });

  test.for([
    "keyUsage",
    "alternativeNames",
    "constraints",
    "purposes",
    "authorityKey",
    "policies",
    "places",
    "crl",
  ] as const)("a leaf without %s, and one where it is garbage", (part) => {
    expect(rulesBroken({ [part]: ext.ocspNoCheck() }).length).toBeGreaterThan(1);
    const malformed = ext.extension(EXTENSION_OF[part], part === "keyUsage" || part === "constraints", NULL);
    expect(lintFindings(tbs({ [part]: malformed }), context)).not.toEqual([]);
  });

  test("every rule has a certificate that breaks it", () => {
    expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual(RULES.map(({ check }) => check.name).sort());
  });

  test("what is no TBSCertificate at all", () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("3000", "hex"),
      randomBytes(300),
      Buffer.concat([tbs(), Buffer.alloc(1)]),
    ]) {
      expect(lintFindings(bytes, context)).toEqual([expect.stringMatching(/^readable \(X\.690\)/)]);
    }
  });
});

test("the limit of the validity follows the date of issue", () => {
  const hundred = (at: string): string[] => {
    const then = new Date(at);
    const parts = { notBefore: time(then), notAfter: time(later(then, 100 * DAY)) };
    const issuer = { ...context.issuer, notBefore: then, notAfter: later(then, 1000 * DAY) };
    return rulesBroken(parts, { ...context, issuer, now: then });
  };
  expect(hundred("2027-03-14T00:00:00Z")).toEqual([]);
  expect(hundred("2027-03-15T00:00:00Z")).toEqual(["validityIsWithinTheLimit"]);
});

function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

function rsaKey(key: KeyObject): Buffer {
  return key.export({ type: "pkcs1", format: "der" });
}

function rsaOf(n: bigint, e: bigint): KeyObject {
  const base64 = (value: bigint): string =>
    Buffer.from(value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), "0"), "hex").toString(
      "base64url",
    );
  return createPublicKey({ key: { kty: "RSA", n: base64(n), e: base64(e) }, format: "jwk" });
}

/** A random odd number of exactly so many bits. */
function odd(bits: number): bigint {
  return BigInt(`0x${randomBytes(bits / 8).toString("hex")}`) | (1n << BigInt(bits - 1)) | 1n;
}

/** (a - 10)(a + 10) for an odd a: Fermat's method begins at a. */
function neighbours(): bigint {
  const a = odd(1024) | (3n << 1022n);
  return a * a - 100n;
}

/** A modulus that is a power of 65537 for every prime up to 167, as those of CVE-2017-15361 are. */
function roca(): bigint {
  const primes = [...Array(168).keys()].filter((n) => n > 1 && [...Array(n).keys()].every((d) => d < 2 || n % d !== 0));
  const product = primes.map(BigInt).reduce((a, b) => a * b, 1n);
  let power = 1n;
  for (let i = 0; i < 1000; i++) power = (power * 65_537n) % product;
  return (odd(2048) / product) * product + power;
}

function cn(text: string): Buffer {
  return encode(sequence(oid(OID.commonName), utf8String(text)));
}

function point(uri: string): Der {
  return sequence(tagged(0, tagged(0, taggedAscii(6, uri))));
}

describe("a leaf of the form that was seen before is linted in microseconds", () => {
  const certified = { ec: certifiedKey(spki(keys.ec)), rsa: certifiedKey(spki(keys.rsa)) };
  const rsa: Partial<Parts> = {
    key: certified.rsa.spki,
    keyUsage: ext.keyUsage("digitalSignature", "keyEncipherment"),
  };

  /** As another issuer, which has seen nothing yet, or one good leaf of each kind of key. */
  function issuerThatSaw(...leafs: readonly Partial<Parts>[]): LintContext {
    const held = { ...context, issuer: { ...context.issuer } };
    for (const different of leafs) expect(lintFindings(tbs(different), held)).toEqual([]);
    return held;
  }

  const seen = issuerThatSaw({}, rsa);
  const quick = (different: Partial<Parts>, held: LintContext = seen, key: CertifiedKey = certified.ec): boolean =>
    hasKnownForm(tbs(different), { ...held, certified: key });

  test("only when every rule found the same extensions good before, for this issuer and kind of key", () => {
    expect(quick({}, issuerThatSaw())).toBe(false);
    expect(quick({})).toBe(true);
    expect(quick({ serial: integer(randomBytes(15)), ...name("a.example", "*.b.example") })).toBe(true);
    expect(quick({ crl: ext.crlDistributionPoint("http://ca.test/other.crl") })).toBe(false);
    expect(quick(rsa, seen, certified.rsa)).toBe(true);
    expect(quick({ ...rsa, keyUsage: good.keyUsage }, seen, certified.rsa)).toBe(false);
    expect(quick(rsa, issuerThatSaw({}), certified.rsa)).toBe(false);
    expect(hasKnownForm(tbs(), seen)).toBe(false);
    expect(quick({}, seen, certifiedKey(spki(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey)))).toBe(
      false,
    );
  });

  test.for(BROKEN)("and no leaf that breaks a rule is one: %s: %s", ([, , different]) => {
    const bytes = tbs(different);
    expect(hasKnownForm(bytes, { ...seen, certified: keyOf(bytes) ?? certified.ec })).toBe(false);
    expect(() => lintLeaf(bytes, { ...seen, certified: certified.ec })).toThrow(LintError);
  });

  test("it finds good exactly those of our leafs that every rule finds good", () => {
    const usually = <T>(one: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
      fc.oneof({ arbitrary: one, weight: 12 }, { arbitrary: other, weight: 1 });
    const label = usually(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.constantFrom("a-b", "-a", "7", "xn--bcher-kva", "a-", ""),
    );
    const labels = fc.array(label, { minLength: 2, maxLength: 4 }).map((all) => all.join("."));
    const host = usually(
      labels,
      fc.oneof(
        labels.map((text) => `*.${text}`),
        labels.map((text) => `*${text}`),
        label,
      ),
    );
    const leaf = fc.record({
      names: fc.array(host, { minLength: 1, maxLength: 3 }),
      named: fc.boolean(),
      needless: usually(fc.constant(false), fc.constant(true)),
      /** In hours from now. */
      from: usually(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -60, max: 60 })),
      days: usually(fc.integer({ min: 1, max: 200 }), fc.integer({ min: -2, max: 1010 })),
      serial: usually(fc.uint8Array({ minLength: 10, maxLength: 19 }), fc.uint8Array({ minLength: 8, maxLength: 21 })),
      profile: fc.constantFrom("server", "internal"),
    });
    let goodOnes = 0;
    fc.assert(
      fc.property(leaf, ({ names, named, needless, from, days, serial, profile }) => {
        const begin = later(now, from * HOUR);
        const bytes = tbs({
          serial: integer(serial),
          notBefore: time(begin),
          notAfter: time(later(begin, days * DAY - SECOND)),
          subject: commonNameOnly(named ? names[0] : undefined),
          alternativeNames: ext.subjectAltName(names, named === needless),
        });
        const held = { ...seen, profile, certified: certified.ec };
        const isGood = lintFindings(bytes, held).length === 0;
        if (isGood) goodOnes++;
        expect(hasKnownForm(bytes, held)).toBe(isGood);
      }),
      { numRuns: 150 },
    );
    expect(goodOnes).toBeGreaterThan(10);
  });

  test("whatever is changed in one, it finds nothing good that a rule finds wrong", () => {
    const bytes = tbs({ notBefore: time(later(now, -HOUR)), ...name("www.example.com", "*.a-b.example") });
    const byte = fc.nat(255);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom("set", "flip", "remove", "insert"), byte);
    // Where nearly every change still reads: serial number, validity, common name, alternative names.
    const near = fc.tuple(fc.integer({ min: 8, max: 130 }), fc.constant("set"), fc.integer({ min: 0x2a, max: 0x7b }));
    let stillGood = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(change, near), { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = changes.reduce((der, [at, how, value]) => changedAt(der, at, how, value), bytes);
        if (!hasKnownForm(changed, { ...seen, certified: certified.ec })) return;
        stillGood++;
        expect(lintFindings(changed, seen)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(stillGood).toBeGreaterThan(5);
  });

  function keyOf(bytes: Buffer): CertifiedKey | undefined {
    try {
      return certifiedKey(readTbs(bytes).subjectPublicKeyInfo);
    } catch {
      return undefined;
    }
  }

  function changedAt(der: Buffer, at: number, how: string, value: number): Buffer {
    const end = how === "insert" ? at : at + 1;
    const put = how === "remove" ? [] : [how === "flip" ? (der[at] ?? 0) ^ (1 << (value & 7)) : value];
    return Buffer.concat([der.subarray(0, at), Buffer.from(put), der.subarray(end)]);
  }
});
