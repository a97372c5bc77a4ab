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
