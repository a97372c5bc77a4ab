import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CaaRecord, readRecordData } from "#dns/resolved-record.ts";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { rdata } from "#domain/zones/rdata/rdata.ts";
import { type CaaIssuer, caaObjection } from "./caa.ts";
import { readIssueValue } from "./caa-value.ts";

/** A record as it comes off the wire. */
function caa(text: string): CaaRecord {
  const data = rdata("CAA", text);
  return readRecordData("CAA", data, 0, data.length)!;
}

const name = (text: string): DomainName => parseDomainName(text)!;
const permits = (domain: string, issuer: CaaIssuer | string, ...records: readonly string[]): boolean => {
  const who = typeof issuer === "string" ? { identities: [issuer] } : issuer;
  return caaObjection(name(domain), records.map(caa), who, domain) === undefined;
};

describe("the examples of RFC 8659 §4", () => {
  const two = ['0 issue "ca1.example.net"', '0 issue "ca2.example.org"'];

  test("§4.2: whoever is named by one of several issue records may issue", () => {
    expect(permits("certs.example.com", "ca1.example.net", '0 issue "ca1.example.net"')).toBe(true);
    expect(permits("certs.example.com", "ca2.example.org", ...two)).toBe(true);
    expect(permits("certs.example.com", "ca3.example", ...two)).toBe(false);
  });

  test("§4.2: nobody may where the only record is empty or malformed", () => {
    for (const nobody of ['0 issue ";"', '0 issue ""', '0 issue "%%%%%"']) {
      expect(permits("nocerts.example.com", "ca1.example.net", nobody)).toBe(false);
      expect(permits("nocerts.example.com", "ca1.example.net", nobody, '0 issue "ca1.example.net"')).toBe(true);
    }
  });

  test("§4.2: parameters do not change who is named", () => {
    expect(permits("certs.example.com", "ca1.example.net", '0 issue "ca1.example.net; account=230123"')).toBe(true);
    expect(permits("certs.example.com", "ca1.example.net", '0 issue "ca1.example.net;account=1; policy=ev"')).toBe(
      true,
    );
    expect(permits("certs.example.com", "ca1.example.net", '0 issue "ca1.example.net; account 230123"')).toBe(false);
  });

  test("§4.3: issuewild is for wildcards only, and there wins over issue", () => {
    const records = ['0 issue "ca1.example.net"', '0 issuewild "ca2.example.org"'];
    expect(permits("wild.example.com", "ca1.example.net", ...records)).toBe(true);
    expect(permits("wild.example.com", "ca2.example.org", ...records)).toBe(false);
    expect(permits("*.wild.example.com", "ca1.example.net", ...records)).toBe(false);
    expect(permits("*.wild.example.com", "ca2.example.org", ...records)).toBe(true);
    expect(permits("*.wild2.example.com", "ca1.example.net", '0 issue "ca1.example.net"')).toBe(true);
    expect(permits("*.wild3.example.com", "ca1.example.net", '0 issuewild ";"', '0 issue "ca1.example.net"')).toBe(
      false,
    );
    expect(permits("wild3.example.com", "ca1.example.net", '0 issuewild ";"')).toBe(true);
  });

  test("§4.4: iodef alone does not restrict", () => {
    expect(permits("report.example.com", "ca9.example", '0 iodef "mailto:security@example.com"')).toBe(true);
    expect(permits("report.example.com", "ca9.example", '128 iodef "https://iodef.example.com/"')).toBe(true);
  });

  test("§4.5: what is critical and not understood forbids, what is not critical does not", () => {
    const allowed = '0 issue "ca1.example.net"';
    expect(permits("new.example.com", "ca1.example.net", allowed, '128 tbs "Unknown"')).toBe(false);
    expect(permits("new.example.com", "ca1.example.net", allowed, '1 tbs "Unknown"')).toBe(false);
    expect(permits("new.example.com", "ca1.example.net", allowed, '0 tbs "Unknown"')).toBe(true);
    expect(permits("new.example.com", "ca1.example.net", '0 tbs "Unknown"')).toBe(true);
    expect(permits("new.example.com", "ca1.example.net", '128 issuemail ";"', allowed)).toBe(true);
  });

  test("§4.1: tags and names are compared without case; a reserved flag means nothing", () => {
    expect(permits("certs.example.com", "ca1.example.net", '0 IsSuE "CA1.Example.NET"')).toBe(true);
    expect(permits("certs.example.com", "ca1.example.net", '64 issue "ca1.example.net"')).toBe(true);
  });
});

describe("the parameters of RFC 8657", () => {
  const account = "arn:aws:iam::123456789012:root";
  const issuer = { identities: ["ca.example"], accountUri: account, methods: ["dns-01", "ca-dns"] };

  test.for<[string, boolean]>([
    ["ca.example; accounturi=arn:aws:iam::123456789012:root", true],
    ["ca.example; accounturi=arn:aws:iam::999999999999:root", false],
    ["ca.example; accounturi=", false],
    [`ca.example; accounturi=${account}; accounturi=${account}`, false],
    ["ca.example; validationmethods=dns-01", true],
    ["ca.example; validationmethods=http-01,ca-dns", true],
    ["ca.example; validationmethods=http-01", false],
    ["ca.example; validationmethods=", false],
    ["ca.example; validationmethods=dns-01; validationmethods=dns-01", false],
    [`ca.example; AccountURI=${account}; validationmethods=dns-01`, true],
  ])("%s permits it: %s", ([value, permitted]) => {
    expect(permits("example.com", issuer, `0 issue "${value}"`)).toBe(permitted);
  });

  test("are left to a CA that judges them itself", () => {
    const elsewhere = { identities: ["ca.example"] };
    expect(permits("example.com", elsewhere, '0 issue "ca.example; accounturi=x; validationmethods=y"')).toBe(true);
  });
});

test("what forbids is named, with where it stands, why it does not fit, and what would", () => {
  const records = [caa('0 issue "letsencrypt.org"'), caa('0 issue "ca.example; validationmethods=http-01"')];
  const issuer = { identities: ["ca.example", "other.example"], methods: ["dns-01", "ca-dns"] };
  expect(caaObjection(name("www.example.com"), records, issuer, "example.com")).toBe(
    'CAA forbids a certificate for www.example.com: at example.com stand only 0 issue "letsencrypt.org" (for another CA), 0 issue "ca.example; validationmethods=http-01" (not for validation by dns-01 or ca-dns). To permit it, add 0 issue "ca.example" there.',
  );
});

describe("the value of an issue record", () => {
  test.for<[string, unknown]>([
    ["ca.example", { issuer: "ca.example", parameters: [] }],
    ["  \tca.example \t", { issuer: "ca.example", parameters: [] }],
    ["ca.example;", { issuer: "ca.example", parameters: [] }],
    [";", { issuer: undefined, parameters: [] }],
    ["", { issuer: undefined, parameters: [] }],
    ["; a=b", { issuer: undefined, parameters: [{ tag: "a", value: "b" }] }],
    [
      "ca.example; a = b=c ; d=",
      {
        issuer: "ca.example",
        parameters: [
          { tag: "a", value: "b=c" },
          { tag: "d", value: "" },
        ],
      },
    ],
    ["ca.example; a=b;", undefined],
    ["ca.example; =b", undefined],
    ["ca.example; a-=b", undefined],
    ["ca.example; a=b c", undefined],
    ["ca..example", undefined],
    ["-ca.example", undefined],
    ["ca.example\u0000", undefined],
    ["c\u00e4.example", undefined],
  ])("%j is %j", ([data, value]) => {
    expect(readIssueValue(data as string)).toEqual(value);
  });

  test("takes the time of its blanks, not of their square", () => {
    expect(readIssueValue(`a${" ".repeat(100_000)}b`)).toBeUndefined();
    expect(readIssueValue(`ca.example; a${" ".repeat(100_000)}b`)).toBeUndefined();
  });

  test("is read in a moment whatever it is, and never names an issuer that is no domain name", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: fc.constantFrom(...Array.from("aA0-.;= \t\u0000é")) }), (data) => {
        const issuer = readIssueValue(data)?.issuer;
        if (issuer !== undefined) expect(issuer).toMatch(/^[a-z0-9.-]+$/);
      }),
      { numRuns: 500 },
    );
  });
});

test("a set of records permits only those whom one of them names, whatever else it holds", () => {
  const value = fc.oneof(
    fc.constantFrom("ca.example", "other.example", ";", "ca.example; x=y", "ca.example; x"),
    fc.stringMatching(/^[ -!#-[\]-~]{0,20}$/),
  );
  const record = fc
    .tuple(fc.constantFrom(0, 1, 128), fc.constantFrom("issue", "issuewild", "iodef", "tbs"), value)
    .map(([flags, tag, text]) => caa(`${flags} ${tag} "${text}"`));
  fc.assert(
    fc.property(fc.array(record, { maxLength: 6 }), fc.boolean(), (records, wild) => {
      const reason = caaObjection(
        name(wild ? "*.a.example" : "a.example"),
        records,
        { identities: ["ca.example"] },
        "x",
      );
      const tags = new Set(records.map(({ tag }) => tag));
      const asked = wild && tags.has("issuewild") ? "issuewild" : "issue";
      const named = records.some(({ tag, data }) => tag === asked && /^\s*ca\.example\s*(;.*)?$/.test(data));
      if (reason === undefined && tags.has(asked)) expect(named).toBe(true);
      if (reason === undefined)
        expect(records.some(({ flags, tag }) => (flags & 0x81) !== 0 && tag === "tbs")).toBe(false);
    }),
    { numRuns: 500 },
  );
});
