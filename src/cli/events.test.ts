import { expect, test } from "vitest";
import { sinceWhen, tellEvent } from "./events.ts";

const now = new Date("2026-11-22T12:00:00Z");

test.for([
  ["90m", "2026-11-22T10:30:00.000Z"],
  ["7d", "2026-11-15T12:00:00.000Z"],
  ["2026-11-20", "2026-11-20T00:00:00.000Z"],
  ["2026-11-20T06:00:00Z", "2026-11-20T06:00:00.000Z"],
] as const)("--since %s is %s", ([text, time]) => {
  expect(sinceWhen(text, now).toISOString()).toBe(time);
});

test.for(["yesterday", "", "-5m", "2026-13-01", "12"])("--since %j is refused with what would be right", (text) => {
  expect(() => sinceWhen(text, now)).toThrow("is neither a duration such as 24h nor a time such as");
});

test("an event is a line that says when, what, of whom and why", () => {
  const body = JSON.stringify({
    detail: { CommonName: "example.com", DaysToExpiry: 15, RenewalStatusReason: "CAA_ERROR", InUse: true },
  });
  const event = { at: now.getTime(), detailType: "ACM Certificate Renewal Action Required", lane: "arn:x", body };
  expect(tellEvent(event)).toBe(
    "2026-11-22T12:00:00.000Z  ACM Certificate Renewal Action Required  CommonName example.com  DaysToExpiry 15  RenewalStatusReason CAA_ERROR  arn:x",
  );
});
