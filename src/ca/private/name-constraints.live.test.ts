import { describe, expect, test } from "vitest";
import { type Der, encode, sequence, tagged, taggedAscii, taggedBytes, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import { anyExtension, caConstraints, keyUsage } from "#lib/x509-extensions.ts";
import { readGeneralNames, readNameConstraints } from "#lib/x509-general-names.ts";
import { brokenConstraint } from "#lib/x509-name-constraints.ts";
import {
  TEST_TIME,
  type TestCertificate,
  testCa,
  testCertificate,
  testKey,
} from "../../../tests/support/certificates.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { limitsOf } from "./path-limits.ts";
import { readSubject } from "./subject-name.ts";

const dns = (name: string): Der => taggedAscii(2, name);
const email = (name: string): Der => taggedAscii(1, name);
const uri = (name: string): Der => taggedAscii(6, name);
const ip = (...bytes: readonly number[]): Der => taggedBytes(7, Buffer.from(bytes));
const subject = (...attributes: readonly (readonly [string, string])[]): Buffer =>
  distinguishedName(attributes.map(([type, text]) => [type, utf8String(text)]));
const directory = (...attributes: readonly (readonly [string, string])[]): Der => tagged(4, subject(...attributes));
const AT = Math.floor(TEST_TIME.getTime() / 1000);

interface Case {
  readonly permitted?: readonly Der[];
  readonly excluded?: readonly Der[];
  readonly names: readonly Der[];
  readonly subject?: Buffer;
}

/** Where we and OpenSSL agree, whether the certificate is allowed; where they differ, we are the stricter ones. */
const CASES: readonly (readonly [title: string, one: Case, openssl: boolean, ours?: boolean])[] = [
  ["a host below", { permitted: [dns("example.com")], names: [dns("a.example.com")] }, true],
  ["the host itself", { permitted: [dns("example.com")], names: [dns("example.com")] }, true],
  ["a host whose end is alike", { permitted: [dns("example.com")], names: [dns("notexample.com")] }, false],
  ["another host", { permitted: [dns("example.com")], names: [dns("example.org")] }, false],
  [
    "one good and one bad host",
    { permitted: [dns("example.com")], names: [dns("example.com"), dns("example.org")] },
    false,
  ],
  ["a wildcard below", { permitted: [dns("example.com")], names: [dns("*.example.com")] }, true],
  ["capital letters", { permitted: [dns("EXAMPLE.com")], names: [dns("a.example.COM")] }, true],
  [
    "one of two permitted",
    { permitted: [dns("example.com"), dns("example.org")], names: [dns("a.example.org")] },
    true,
  ],
  ["another kind of name", { permitted: [dns("example.com")], names: [email("it@other.org")] }, true],
  ["an excluded host", { excluded: [dns("secret.example.com")], names: [dns("a.secret.example.com")] }, false],
  ["a host beside an excluded one", { excluded: [dns("secret.example.com")], names: [dns("a.example.com")] }, true],
  [
    "a wildcard that could stand for an excluded host",
    { excluded: [dns("secret.example.com")], names: [dns("*.example.com")] },
    true,
    false,
  ],
  [
    "permitted and excluded",
    { permitted: [dns("example.com")], excluded: [dns("bad.example.com")], names: [dns("bad.example.com")] },
    false,
  ],
  ["an address within", { permitted: [ip(10, 0, 0, 0, 255, 0, 0, 0)], names: [ip(10, 1, 2, 3)] }, true],
  ["an address outside", { permitted: [ip(10, 0, 0, 0, 255, 0, 0, 0)], names: [ip(11, 1, 2, 3)] }, false],
  ["an excluded address", { excluded: [ip(10, 0, 0, 0, 255, 0, 0, 0)], names: [ip(10, 1, 2, 3)] }, false],
  [
    "IPv6 where only IPv4 is permitted",
    { permitted: [ip(10, 0, 0, 0, 255, 0, 0, 0)], names: [ip(...Array<number>(16).fill(1))] },
    false,
  ],
  ["a mailbox", { permitted: [email("it@example.com")], names: [email("it@example.com")] }, true],
  ["another mailbox", { permitted: [email("it@example.com")], names: [email("hr@example.com")] }, false],
  ["a host's mailboxes", { permitted: [email("example.com")], names: [email("it@example.com")] }, true],
  ["mailboxes below a host", { permitted: [email(".example.com")], names: [email("it@a.example.com")] }, true],
  ["URIs of a host", { permitted: [uri("example.com")], names: [uri("https://example.com/x")] }, true],
  ["URIs of another host", { permitted: [uri("example.com")], names: [uri("https://example.org/x")] }, false],
  [
    "a directory",
    {
      permitted: [directory([OID.organizationName, "Example"])],
      names: [],
      subject: subject([OID.organizationName, "Example"], [OID.commonName, "x"]),
    },
    true,
  ],
  [
    "another directory",
    {
      permitted: [directory([OID.organizationName, "Example"])],
      names: [],
      subject: subject([OID.organizationName, "Other"]),
    },
    false,
  ],
  [
    "a common name that is a host, without other names",
    { permitted: [dns("example.com")], names: [], subject: subject([OID.commonName, "www.other.org"]) },
    false,
  ],
];

describe("name constraints: what OpenSSL's verifier refuses we do not sign;", () => {
  test.for(CASES)("%s", async ([, one, permits, signs = permits]) => {
    const trees = (tag: number, bases: readonly Der[] = []): Der[] =>
      bases.length === 0 ? [] : [tagged(tag, ...bases.map((base) => sequence(base)))];
    const constraints = encode(sequence(...trees(0, one.permitted), ...trees(1, one.excluded)));
    const root = caOf("root", undefined, []);
    const ca = caOf("ca", root, [anyExtension(OID.nameConstraints, true, constraints)]);
    const name = one.subject ?? subject([OID.commonName, "somebody"]);
    const alternative = encode(sequence(...one.names));
    const extensions = one.names.length === 0 ? [] : [anyExtension(OID.subjectAltName, false, alternative)];
    const leaf = testCertificate({ issuer: ca, name, key: KEY, extensions });
    const said = await verify(leaf, [ca], root);
    expect(said === "leaf.pem: OK\n", said).toBe(permits);
    const limits = limitsOf({ certificate: ca.der, chain: root.pem });
    const names = {
      subject: readSubject(name),
      alternative: one.names.length === 0 ? [] : readGeneralNames(alternative),
    };
    expect(brokenConstraint(names, limits.names) === undefined).toBe(signs);
    expect(brokenConstraint(names, [readNameConstraints(constraints)]) === undefined).toBe(signs);
    expect(signs && !permits, "we are never the laxer ones").toBe(false);
  });
});

describe("path lengths: how many CAs may follow is what OpenSSL's verifier allows, too;", () => {
  test.for([
    [undefined, undefined],
    [0, undefined],
    [1, undefined],
    [2, 0],
    [1, 1],
    [0, 3],
    [3, 1],
  ] as const)("root %s, CA %s", async ([above, own]) => {
    const root = caOf("root", undefined, [], above);
    const ca = caOf("ca", root, [], own);
    const { pathLength } = limitsOf({ certificate: ca.der, chain: root.pem });
    const [one, two] = [caOf("one", ca, []), caOf("two", caOf("one", ca, []), [])];
    const below = async (cas: readonly TestCertificate[]): Promise<boolean> => {
      const leaf = testCertificate({
        issuer: cas.at(-1) ?? ca,
        name: subject([OID.commonName, "leaf"]),
        key: KEY,
        extensions: [],
      });
      return (await verify(leaf, [ca, ...cas], root)) === "leaf.pem: OK\n";
    };
    // A root that allows no CA at all has a CA below it here: then not even a leaf is good, and nothing may follow.
    expect(await below([one])).toBe(above !== 0 && (pathLength ?? 9) >= 1);
    expect(await below([one, { ...two, pem: caOf("two", one, []).pem }])).toBe(above !== 0 && (pathLength ?? 9) >= 2);
  });
});

function caOf(
  text: string,
  issuer: TestCertificate | undefined,
  more: readonly Der[],
  pathLength?: number,
): TestCertificate {
  const extensions = [caConstraints(pathLength), keyUsage("keyCertSign", "cRLSign"), ...more];
  return testCa(text, { extensions, key: KEY, ...(issuer ? { issuer } : {}) });
}

async function verify(leaf: TestCertificate, cas: readonly TestCertificate[], root: TestCertificate): Promise<string> {
  const files = { "leaf.pem": leaf.pem, "cas.pem": cas.map((ca) => ca.pem).join(""), "root.pem": root.pem };
  return await openssl(
    `verify -attime ${AT} -no-CApath -no-CAstore -CAfile root.pem -untrusted cas.pem leaf.pem`,
    files,
  );
}

/** One key for all: only names and limits are looked at. */
const KEY = testKey();
