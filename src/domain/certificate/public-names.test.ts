import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { isPrivateName, type NamePolicy, nameProblem, parseNameSuffix, registrableDomain } from "./public-names.ts";

const policyOf = (privateNames: readonly string[], highRiskNames: readonly string[] = []): NamePolicy => ({
  privateNames: privateNames.map((text) => parseNameSuffix(text)!),
  highRiskNames: highRiskNames.map((text) => parseNameSuffix(text)!),
});
const usual = policyOf(["example", "test", "internal", "home.arpa"]);
const none = policyOf([]);
const name = (text: string): DomainName => parseDomainName(text)!;

describe("a name that is not public fails with INVALID_PUBLIC_DOMAIN", () => {
  test.for<[string, RegExp]>([
    ["10.0.0.10", /^10\.0\.0\.10 is an IP address/],
    ["1.2.3.4.5", /no top-level domain \.5\./],
    [
      "www.example.nosuchtld",
      /^www\.example\.nosuchtld is not a public name: there is no top-level domain \.nosuchtld\. .*private-names\.$/,
    ],
    ["printer.local", /\.local is for names on one link \(RFC 6762\)/],
    ["a.localhost", /every machine itself/],
    ["a.invalid", /never to exist/],
    ["facebookcorewwwi.onion", /Tor's/],
    ["1.168.192.in-addr.arpa", /infrastructure/],
    ["e164.arpa", /infrastructure/],
    ["a.alt", /RFC 9476/],
    ["co.uk", /^co\.uk is a public suffix, .* for co\.uk\.$/],
    ["*.co.uk", /^co\.uk is a public suffix, .* for \*\.co\.uk\.$/],
    ["a.kawasaki.jp", /public suffix/],
    ["foo.ck", /public suffix/],
    ["*.xn--zzzzzzzzzzzz99999.com", /: the label "xn--zzzzzzzzzzzz99999" is not a valid/],
  ])("%s", ([text, reason]) => {
    expect(nameProblem(name(text), usual)).toEqual({
      reason: "INVALID_PUBLIC_DOMAIN",
      message: expect.stringMatching(reason),
    });
  });
});

test.for(["example.com", "*.example.co.uk", "www.ck", "city.kawasaki.jp", "github.io", "*.github.io", "bücher.de"])(
  "%s is a public name",
  (text) => {
    expect(nameProblem(name(text.replace("bücher", "xn--bcher-kva")), none)).toBeUndefined();
  },
);

describe("private-names", () => {
  test.for(["shop.example", "*.a.b.test", "db.internal", "nas.home.arpa", "home.arpa"])(
    "let %s be asked for",
    (text) => {
      expect(nameProblem(name(text), usual)).toBeUndefined();
      expect(nameProblem(name(text), none)).toMatchObject({ reason: "INVALID_PUBLIC_DOMAIN" });
    },
  );

  test("do not make a name private that only ends in the same letters", () => {
    expect(isPrivateName(name("a.notinternal"), usual.privateNames)).toBe(false);
    expect(isPrivateName(name("a.corp.example.com"), policyOf(["corp.example.com"]).privateNames)).toBe(true);
  });

  test("do not excuse a label that is no IDNA", () => {
    expect(nameProblem(name("xn--zzzzzzzzzzzz99999.example"), usual)).toMatchObject({ message: /internationalized/ });
  });
});

test("high-risk names, and all below them, fail with ADDITIONAL_VERIFICATION_REQUIRED, private or not", () => {
  const policy = policyOf(["example"], ["bank.com", "vault.example"]);
  for (const text of ["bank.com", "*.bank.com", "login.eu.bank.com", "vault.example"]) {
    expect(nameProblem(name(text), policy)).toMatchObject({ reason: "ADDITIONAL_VERIFICATION_REQUIRED" });
  }
  expect(nameProblem(name("notbank.com"), policy)).toBeUndefined();
});

test.for<[string, string | undefined]>([
  ["a.b.example.co.uk", "example.co.uk"],
  ["*.example.com", "example.com"],
  ["x.github.io", "github.io"],
  ["co.uk", undefined],
  ["a.nosuchtld", undefined],
  ["a.b.shop.example", "shop.example"],
  ["a.nas.home.arpa", "nas.home.arpa"],
  ["home.arpa", undefined],
  ["10.0.0.10", undefined],
])("the registered domain of %s is %s", ([text, registered]) => {
  expect(registrableDomain(name(text), usual.privateNames)).toBe(registered);
});

test.for<[string, string | undefined]>([
  [".Internal.", "internal"],
  ["home.arpa", "home.arpa"],
  ["", undefined],
  ["a..b", undefined],
  ["*.test", undefined],
  ["-a", undefined],
])("the end of names %s is read as %s", ([text, suffix]) => {
  expect(parseNameSuffix(text)).toBe(suffix);
});

test("a registered domain always has a name below or equal to it, and every name gets an answer", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(\*\.)?([a-z0-9-]{1,20}\.){1,4}[a-z0-9-]{1,12}$/), (text) => {
      const parsed = parseDomainName(text);
      if (!parsed) return;
      const problem = nameProblem(parsed, usual);
      const registered = registrableDomain(parsed, usual.privateNames);
      if (registered !== undefined) expect(`.${parsed}`.endsWith(`.${registered}`)).toBe(true);
      if (problem === undefined && !isPrivateName(parsed, usual.privateNames)) expect(registered).toBeDefined();
    }),
    { numRuns: 300 },
  );
});
