import { expect, test } from "vitest";
import type { DomainName } from "#domain/names.ts";
import { tellExplanation } from "./explain.ts";

test("a pending certificate is told with what was asked, what answered and when it is asked again", () => {
  const text = tellExplanation("arn:aws:acm:eu-west-1:123456789012:certificate/1", {
    status: "PENDING_VALIDATION",
    trouble: undefined,
    domains: [
      {
        purpose: "ISSUE",
        domainName: "a.example" as DomainName,
        status: "PENDING_VALIDATION",
        problem: "there is no such record",
        lookups: [{ name: "_x.a.example", type: "CNAME", server: "192.0.2.1:53", failure: "no such name" }],
        checkedAt: 0,
        checkAt: 60_000,
      },
    ],
    orders: [],
  });
  expect(text.split("\n")).toEqual([
    "arn:aws:acm:eu-west-1:123456789012:certificate/1",
    "  status    PENDING_VALIDATION",
    "",
    "a.example, to issue",
    "  status    PENDING_VALIDATION",
    "  why       there is no such record",
    "  asked     192.0.2.1:53 for CNAME _x.a.example: no such name",
    "  looked at 1970-01-01T00:00:00.000Z",
    "  again at  1970-01-01T00:01:00.000Z",
    "",
  ]);
});

test("an order at a public CA is told with what the CA said and when it wants the certificate renewed", () => {
  const text = tellExplanation("arn:aws:acm:eu-west-1:123456789012:certificate/1", {
    status: "ISSUED",
    trouble: undefined,
    domains: [],
    orders: [
      {
        ca: "first",
        state: "failed",
        version: "next",
        problem: "too many certificates (rateLimited)",
        changedAt: new Date(0),
        again: new Date(60_000),
        renewal: undefined,
      },
      {
        ca: "second",
        state: "finalized",
        version: "in force",
        problem: undefined,
        changedAt: new Date(0),
        again: undefined,
        renewal: { from: new Date(0), to: new Date(2_000), at: new Date(1_000), explanation: "https://ca.example/why" },
      },
    ],
  });
  expect(text.split("\n").slice(2)).toEqual([
    "",
    "order at first, for the certificate to come",
    "  state     failed since 1970-01-01T00:00:00.000Z",
    "  why       too many certificates (rateLimited)",
    "  again at  1970-01-01T00:01:00.000Z",
    "",
    "order at second, for the certificate in force",
    "  state     finalized since 1970-01-01T00:00:00.000Z",
    "  renew at  1970-01-01T00:00:01.000Z, as second wants it between 1970-01-01T00:00:00.000Z and",
    "            1970-01-01T00:00:02.000Z: https://ca.example/why",
    "",
  ]);
});
