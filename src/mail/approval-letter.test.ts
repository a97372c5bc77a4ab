import { expect, test } from "vitest";
import { approvalLetter } from "./approval-letter.ts";
import { approvalPage } from "./approval-page.ts";
import type { ApprovalRequest } from "./approval-request.ts";

const LINK = "https://acm.example.com/approvals/token";
const REQUEST: ApprovalRequest = {
  purpose: "ISSUE",
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b",
  account: "123456789012",
  region: "eu-west-1",
  requestedBy: "arn:aws:iam::123456789012:user/alice",
  requestedAt: new Date("2026-11-22T14:05:00Z"),
  names: ["example.com", "*.example.com"],
  otherNames: ["example.org"],
  expiresAt: new Date("2026-11-25T14:05:00Z"),
  endsAt: undefined,
  recipient: "admin@example.com",
};

test("the letter says who asks for what, for whom, where and until when, in text and in HTML alike", () => {
  const { subject, text, html } = approvalLetter(REQUEST, LINK);
  expect(subject).toBe("Approve or refuse: TLS certificate for example.com and 1 more name");
  for (const said of [
    "example.com",
    "*.example.com",
    "example.org",
    "123456789012",
    "eu-west-1",
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b",
    "22 November 2026 at 14:05 UTC",
    "25 November 2026 at 14:05 UTC",
    LINK,
  ]) {
    expect(text).toContain(said);
    expect(html).toContain(said);
  }
  expect(text).toContain("If you did not expect this, refuse");
  expect(text.replaceAll("\n", " ")).toContain("without an approval no certificate is issued");
});

test("nothing in the HTML is fetched from anywhere, and nothing runs", () => {
  const { html } = approvalLetter(REQUEST, LINK);
  expect(html).not.toMatch(/<(img|script|link|iframe|form|object|style)\b|url\(|\bsrc=|\bon\w+=/i);
  expect([...html.matchAll(/https?:\/\/[^"<\s]+/g)].map(([url]) => url)).toEqual([LINK, LINK]);
});

test("a renewal is told as one, with the end of the present certificate", () => {
  const { subject, text } = approvalLetter(
    { ...REQUEST, purpose: "RENEWAL", endsAt: new Date("2027-01-01T00:00:00Z") },
    LINK,
  );
  expect(subject).toBe("Approve or refuse: renewal of the TLS certificate for example.com and 1 more name");
  expect(text.replaceAll("\n", " ")).toContain("is in use and ends on 1 January 2027 at 00:00 UTC");
  expect(text.replaceAll("\n", " ")).toContain("If this account should no longer have a certificate for your domain");
});

test("names in other scripts are shown as they are written and as they stand in the DNS", () => {
  const { text } = approvalLetter({ ...REQUEST, names: ["*.xn--bcher-kva.example"] }, LINK);
  expect(text).toContain("*.xn--bcher-kva.example (*.bücher.example)");
});

test("what others wrote stays text, in the letter and on the page", () => {
  const hostile = { ...REQUEST, requestedBy: `<script>alert("&')</script>` };
  const page = approvalPage({ standing: "open", request: hostile, decided: undefined });
  for (const html of [approvalLetter(hostile, LINK).html, page]) {
    expect(html).not.toContain("<script");
    expect(html).toContain("&#60;script&#62;alert(&#34;&#38;&#39;)&#60;/script&#62;");
  }
});

test("every line of the text is short enough for every mail reader, but for what cannot be broken", () => {
  const { text } = approvalLetter(REQUEST, LINK);
  const long = text.split("\n").filter((line) => line.length > 76);
  expect(long).toEqual([]);
});

test.for(["open", "approved", "refused", "superseded", "expired", "over"] as const)(
  "the page of a question that is %s has one heading, the request, and buttons only while it is open",
  (standing) => {
    const decided = { at: new Date("2026-11-23T00:00:00Z"), by: "admin@example.com" };
    const html = approvalPage({ standing, request: REQUEST, decided: standing === "open" ? undefined : decided });
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain("example.com");
    expect(html.includes("<form")).toBe(standing === "open");
    if (standing === "approved" || standing === "refused") expect(html).toContain("23 November 2026 at 00:00 UTC");
  },
);
