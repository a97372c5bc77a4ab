import { describe, expect, test } from "vitest";
import { type Der, encode, sequence, tagged, taggedAscii, taggedBytes, utf8String } from "#lib/der.ts";
import { DerError } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import { readGeneralNames, readNameConstraints } from "#lib/x509-general-names.ts";
import { brokenConstraint } from "#lib/x509-name-constraints.ts";
import { readSubject } from "./subject-name.ts";

const dns = (name: string): Der => taggedAscii(2, name);
const email = (name: string): Der => taggedAscii(1, name);
const uri = (name: string): Der => taggedAscii(6, name);
const ip = (...bytes: readonly number[]): Der => taggedBytes(7, Buffer.from(bytes));
const name = (...attributes: readonly (readonly [string, string])[]): Buffer =>
  distinguishedName(attributes.map(([type, text]) => [type, utf8String(text)]));
const directory = (...attributes: readonly (readonly [string, string])[]): Der => tagged(4, name(...attributes));
const O = OID.organizationName;
const CN = OID.commonName;

/** What is wrong with a certificate of these names under these constraints. */
function broken(
  { permitted = [], excluded = [] }: { readonly permitted?: readonly Der[]; readonly excluded?: readonly Der[] },
  names: readonly Der[],
  subject: Buffer = name(),
): string | undefined {
  const trees = (tag: number, bases: readonly Der[]): Der[] =>
    bases.length === 0 ? [] : [tagged(tag, ...bases.map((base) => sequence(base)))];
  const constraints = readNameConstraints(encode(sequence(...trees(0, permitted), ...trees(1, excluded))));
  const alternative = names.length === 0 ? [] : readGeneralNames(encode(sequence(...names)));
  return brokenConstraint({ subject: readSubject(subject), alternative }, [constraints]);
}

describe("permitted names", () => {
  test.for<[title: string, base: Der, inside: readonly Der[], outside: readonly Der[]]>([
    [
      "a host and all below it",
      dns("example.com"),
      [dns("example.com"), dns("a.b.EXAMPLE.com"), dns("*.example.com")],
      [dns("notexample.com"), dns("com"), dns("*.com")],
    ],
    ["only what is below a host", dns(".example.com"), [dns("a.example.com")], [dns("example.com")]],
    ["any host", dns(""), [dns("anything")], []],
    ["a mailbox", email("it@example.com"), [email("it@example.com")], [email("hr@example.com")]],
    ["a host's mailboxes", email("example.com"), [email("it@example.com")], [email("it@a.example.com")]],
    ["the mailboxes below", email(".example.com"), [email("it@a.example.com")], [email("it@example.com")]],
    [
      "URIs of a host",
      uri("example.com"),
      [uri("https://example.com/x"), uri("spiffe://example.com/a")],
      [uri("https://a.example.com"), uri("urn:x")],
    ],
    [
      "an address block",
      ip(10, 0, 0, 0, 255, 0, 0, 0),
      [ip(10, 1, 2, 3)],
      [ip(11, 0, 0, 0), ip(...Array<number>(16).fill(0))],
    ],
    [
      "a directory",
      directory([O, "Example  Corp"]),
      [directory([O, "example corp"], [CN, "x"])],
      [directory([CN, "x"]), directory([CN, "x"], [O, "Example Corp"])],
    ],
  ])("%s", ([, base, inside, outside]) => {
    for (const one of inside) expect(broken({ permitted: [base] }, [one])).toBeUndefined();
    for (const one of outside) expect(broken({ permitted: [base] }, [one])).toContain("not permitted");
  });

  test("say nothing of other kinds of names", () => {
    expect(broken({ permitted: [dns("example.com")] }, [email("it@other.org"), ip(1, 2, 3, 4)])).toBeUndefined();
  });
});

describe("excluded names", () => {
  test("are refused, and so is a wildcard that could stand for one", () => {
    const excluded = [dns("secret.example.com"), ip(10, 0, 0, 0, 255, 0, 0, 0)];
    expect(broken({ excluded }, [dns("www.example.com")])).toBeUndefined();
    expect(broken({ excluded }, [dns("a.secret.example.com")])).toContain("excluded");
    expect(broken({ excluded }, [dns("*.example.com")])).toContain("excluded");
    expect(broken({ excluded }, [ip(10, 0, 0, 1)])).toContain("excluded");
  });

  test("are refused with a dot at their end, which means the same host", () => {
    const excluded = [dns("example.com"), uri("example.com")];
    for (const one of [dns("example.com."), dns("www.example.com."), uri("https://example.com./")]) {
      expect(broken({ excluded }, [one])).toContain("excluded");
    }
  });

  test("are refused as part of a wildcard's label: some clients take that for a wildcard, too", () => {
    const excluded = [dns("secret.example.com")];
    for (const host of ["sec*.example.com", "*et.example.com", "secret.*.com", "*"]) {
      expect(broken({ excluded }, [dns(host)])).toContain("excluded");
    }
    expect(broken({ excluded }, [dns("sec*.example.org")])).toBeUndefined();
  });

  test("are refused in whatever characters they are written", () => {
    const excluded = [directory([O, "Bücher"])];
    const bmp = Buffer.from("BÜCHER", "utf16le").swap16();
    const universal = Buffer.concat(
      Array.from(Buffer.from("bücher", "latin1"), (byte) => Buffer.from([0, 0, 0, byte])),
    );
    for (const [tag, text] of [
      [0x1e, bmp],
      [0x1c, universal],
      [0x14, Buffer.from("bücher", "latin1")],
    ] as const) {
      const value = Buffer.concat([Buffer.from([tag, text.length]), text]);
      expect(broken({ excluded }, [], distinguishedName([[O, value]]))).toContain("excluded");
    }
  });

  test("are not compared with a string that programs read differently, such as a NumericString", () => {
    const excluded = [directory([O, "42"])];
    const value = Buffer.from([0x12, 2, 0x34, 0x32]);
    expect(() => broken({ excluded }, [tagged(4, distinguishedName([[O, value]]))])).toThrow(DerError);
  });

  test("win over permitted ones", () => {
    const both = { permitted: [dns("example.com")], excluded: [dns("bad.example.com")] };
    expect(broken(both, [dns("bad.example.com")])).toContain("excluded");
  });
});

describe("the subject", () => {
  test("counts as a directory name", () => {
    expect(broken({ permitted: [directory([O, "Example"])] }, [], name([O, "Other"], [CN, "x"]))).toContain(
      "not permitted",
    );
    expect(broken({ permitted: [directory([O, "Example"])] }, [], name([O, "Example"], [CN, "x"]))).toBeUndefined();
  });

  test("has a common name that counts as a host where there is no other, and an e-mail address that always counts", () => {
    const permitted = [dns("example.com"), email("example.com")];
    expect(broken({ permitted }, [], name([CN, "www.other.org"]))).toContain("not permitted");
    expect(broken({ permitted }, [dns("example.com")], name([CN, "www.other.org"]))).toBeUndefined();
    expect(broken({ permitted }, [], name([CN, "Jane Doe"]))).toBeUndefined();
    expect(broken({ permitted }, [], name([OID.emailAddress, "it@other.org"]))).toContain("not permitted");
  });
});

test("so many names and constraints that comparing them takes long are refused, and as many as can be are compared", () => {
  const excluded = Array.from({ length: 1000 }, (_, at) => dns(`x${at}.example.org`));
  const names = (count: number): Der[] => Array.from({ length: count }, (_, at) => dns(`n${at}.example.com`));
  expect(broken({ excluded }, names(262))).toBeUndefined();
  expect(broken({ excluded }, names(263))).toContain("263 names and 1000 constraints are more than can be compared");
});

test("the constraints of all the CAs above count together", () => {
  const constraints = readNameConstraints(encode(sequence(tagged(1, sequence(dns("example.org"))))));
  const alternative = Array.from({ length: 2 ** 17 + 1 }, () => ({ tag: 0x82, content: Buffer.from("a.example") }));
  const names = { subject: readSubject(name()), alternative };
  expect(brokenConstraint(names, [constraints])).toBeUndefined();
  expect(brokenConstraint(names, [constraints, constraints])).toContain("more than can be compared");
});

test("names of which the constraints say nothing are not looked at", () => {
  const subject = distinguishedName([[O, Buffer.from([0x12, 2, 0x34, 0x32])]]); // a NumericString
  const constraints = readNameConstraints(encode(sequence(tagged(1, sequence(dns("example.org"))))));
  const names = { subject: { der: subject, isEmpty: false, values: () => [] }, alternative: [] };
  expect(brokenConstraint(names, [constraints])).toBeUndefined();
});
