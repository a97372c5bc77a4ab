import { expect, test } from "vitest";
import { type Finding, judge } from "./rehearsal.ts";

const passed: Finding = { check: "NAMES", outcome: "PASSED", message: "fine" };
const record = { name: "_a.example.com", type: "CNAME", value: "_b.acm-validations.aws" };
const failed: Finding = { check: "VALIDATION", outcome: "FAILED", message: "no record", record };
const warning: Finding = { check: "EDGES", outcome: "WARNING", message: "an edge is away" };

test.for<[title: string, findings: readonly Finding[], renewedHere: boolean, outcome: object]>([
  ["all passed", [passed], true, { verdict: "WOULD_RENEW", problem: undefined, record: undefined }],
  ["a warning", [passed, warning], true, { verdict: "WOULD_RENEW", problem: "an edge is away" }],
  ["a failure behind a warning", [warning, failed], true, { verdict: "WOULD_NOT_RENEW", problem: "no record", record }],
  ["somebody else's task", [warning], false, { verdict: "NOT_RENEWED_BY_US", problem: "an edge is away" }],
  ["somebody else's task, too late", [failed], false, { verdict: "WOULD_NOT_RENEW", problem: "no record" }],
])("%s", ([, findings, renewedHere, outcome]) => {
  expect(judge(findings, renewedHere)).toMatchObject(outcome);
});
