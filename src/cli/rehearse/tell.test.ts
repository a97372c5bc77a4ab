import { expect, test } from "vitest";
import type { Rehearsal } from "#services/sealkeeper/api.ts";
import { tellRehearsal, tellRehearsals, worstFirst } from "./tell.ts";

const now = new Date("2026-11-22T00:00:00Z");
const rehearsal = (name: string, more: Partial<Rehearsal> = {}): Rehearsal => ({
  CertificateArn: `arn:aws:acm:eu-west-1:123456789012:certificate/${name}`,
  DomainName: `${name}.example`,
  Verdict: "WOULD_RENEW",
  RenewsAt: new Date("2027-04-01T00:00:00Z"),
  RehearsedAt: now,
  Findings: [],
  ...more,
});
const record = { Name: "_a.lost.example", Type: "CNAME", Value: "_b.acm-validations.aws" };
const lost = rehearsal("lost", {
  Verdict: "WOULD_NOT_RENEW",
  Owner: "shop team",
  ActBy: new Date("2026-11-24T12:00:00Z"),
  Problem: "There is no CNAME record.",
  Record: record,
  Findings: [
    { Check: "NAMES", Outcome: "PASSED", Message: "Fine." },
    {
      Check: "VALIDATION",
      Outcome: "FAILED",
      Message: "There is no CNAME record.",
      Record: record,
      Lookups: [{ Name: "_a.lost.example", Type: "CNAME", Server: "192.0.2.1:53", Failure: "has no such name" }],
    },
  ],
});
const imported = rehearsal("imported", { Verdict: "NOT_RENEWED_BY_US", ActBy: new Date("2026-11-01T00:00:00Z") });

test("the worst is told first, with the record to write, the owner and the days that are left", () => {
  const counts = { WOULD_RENEW: 1, WOULD_NOT_RENEW: 1, NOT_RENEWED_BY_US: 1 };
  const lines = tellRehearsals([rehearsal("fine"), imported, lost], counts, now).split("\n");
  expect(lines).toEqual([
    "VERDICT            DOMAIN            OWNER      WHEN                        CERTIFICATE",
    `WOULD NOT RENEW    lost.example      shop team  act by 2026-11-24 (2 days)  ${lost.CertificateArn}`,
    "  There is no CNAME record.",
    "  write: _a.lost.example CNAME _b.acm-validations.aws",
    `not renewed by us  imported.example  -          over since 2026-11-01       ${imported.CertificateArn}`,
    `would renew        fine.example      -          renews 2027-04-01           ${rehearsal("fine").CertificateArn}`,
    "",
    "3 certificates: 1 would not renew, 1 is not renewed by us, 1 would renew.",
    "",
  ]);
});

test("one is told with everything that was found and asked", () => {
  expect(tellRehearsal(lost, now).split("\n")).toEqual([
    lost.CertificateArn,
    "  domain    lost.example",
    "  verdict   WOULD NOT RENEW, act by 2026-11-24 (2 days)",
    "  owner     shop team",
    "",
    "  passed    names: Fine.",
    "  FAILED    validation: There is no CNAME record.",
    "            write: _a.lost.example CNAME _b.acm-validations.aws",
    "            asked 192.0.2.1:53 for CNAME _a.lost.example: has no such name",
    "",
  ]);
});

test("of equally bad ones the more urgent comes first, and without a date the last", () => {
  const soon = rehearsal("soon", { RenewsAt: new Date("2026-12-01T00:00:00Z") });
  const { RenewsAt: _, ...never } = rehearsal("never");
  expect(worstFirst([never, rehearsal("later"), soon]).map(({ DomainName }) => DomainName)).toEqual([
    "soon.example",
    "later.example",
    "never.example",
  ]);
});

test("no certificate: it says so", () => {
  const none = { WOULD_RENEW: 0, WOULD_NOT_RENEW: 0, NOT_RENEWED_BY_US: 0 };
  expect(tellRehearsals([], none, now)).toBe("There is no certificate to rehearse.\n");
});
