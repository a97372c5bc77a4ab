import { describe, expect, test } from "vitest";
import type { DomainName } from "#domain/names.ts";
import { coveringDomains, type DomainScope, uncoveredBecause } from "./scope.ts";

const all: DomainScope = { exactDomain: true, subdomains: true, wildcards: true };
const why = (name: string, scope: Partial<DomainScope>, status: "VALID" | "VALIDATING" = "VALID"): string | undefined =>
  uncoveredBecause(name as DomainName, [
    { domainName: "example.com", status, scope: { exactDomain: false, subdomains: false, wildcards: false, ...scope } },
  ]);

describe("a domain validation of example.com", () => {
  test.for<[name: string, scope: Partial<DomainScope>, because: string | undefined]>([
    ["example.com", { exactDomain: true }, undefined],
    [
      "example.com",
      { subdomains: true, wildcards: true },
      "the domain validation of example.com has ExactDomain DISABLED",
    ],
    ["www.example.com", { subdomains: true }, undefined],
    ["a.b.c.example.com", { subdomains: true }, undefined],
    [
      "www.example.com",
      { exactDomain: true, wildcards: true },
      "the domain validation of example.com has Subdomains DISABLED",
    ],
    ["*.example.com", { wildcards: true }, undefined],
    [
      "*.example.com",
      { exactDomain: true, subdomains: true },
      "the domain validation of example.com has Wildcards DISABLED",
    ],
    ["*.a.example.com", all, "the domain validation of example.com covers *.example.com, but no deeper wildcard"],
    ["badexample.com", all, "no domain validation of this endpoint is for badexample.com or a domain above it"],
    ["com", all, "no domain validation of this endpoint is for com or a domain above it"],
  ])("and %s with %j: %s", ([name, scope, because]) => {
    expect(why(name, scope)).toBe(because);
  });

  test("covers nothing before it is VALID", () => {
    expect(why("example.com", all, "VALIDATING")).toBe("the domain validation of example.com is VALIDATING");
  });
});

test("of several domain validations one that covers a name is enough; else the nearest one says why", () => {
  const domains = [
    { domainName: "example.com", status: "VALID" as const, scope: all },
    { domainName: "a.example.com", status: "INVALID" as const, scope: all },
  ];
  expect(uncoveredBecause("b.a.example.com" as DomainName, domains)).toBeUndefined();
  expect(uncoveredBecause("*.a.example.com" as DomainName, domains)).toBe(
    "the domain validation of a.example.com is INVALID",
  );
  expect(coveringDomains("*.a.example.com" as DomainName)).toEqual(["a.example.com", "example.com", "com"]);
});
