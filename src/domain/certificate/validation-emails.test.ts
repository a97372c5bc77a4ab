import { expect, test } from "vitest";
import type { DomainName } from "#domain/names.ts";
import { mailDomain, validationEmails } from "./validation-emails.ts";

test("letters go to the five addresses of the domain that ACM names", () => {
  expect(validationEmails("example.com" as DomainName)).toEqual([
    "administrator@example.com",
    "hostmaster@example.com",
    "postmaster@example.com",
    "webmaster@example.com",
    "admin@example.com",
  ]);
});

test.for([
  ["www.example.com", "example.com"],
  ["*.example.com", "example.com"],
  ["*.www.example.com", "example.com"],
  ["api.example.com", "api.example.com"],
  ["www.api.example.com", "api.example.com"],
  ["www.shop.example", "shop.example"],
  ["wwww.example.com", "wwww.example.com"],
  // These are domains that somebody registered: nobody reads mail at a public suffix for them.
  ["www.com", "www.com"],
  ["www.internal", "www.internal"],
  ["www.co.uk", "www.co.uk"],
  ["*.www.co.uk", "www.co.uk"],
])("letters about %s go to %s", ([domain, to]) => {
  expect(mailDomain(domain as DomainName)).toBe(to);
});
