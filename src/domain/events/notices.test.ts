import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, type Millis } from "#lib/duration.ts";
import { type EndingCertificate, type Noticed, noticesDue } from "./notices.ts";

const END = Date.parse("2027-06-08T00:00:00Z");
const policy = { daysBeforeExpiry: 45 };

const certificate: EndingCertificate = {
  arn: "arn:aws:acm:eu-west-1:123456789012:certificate/6c9d",
  status: "ISSUED",
  generation: 3,
  type: "AMAZON_ISSUED",
  keyPairOrigin: "AWS_MANAGED",
  acmeAccountId: null,
  acmeEndpointArn: null,
  validationMethod: "DNS",
  domainName: "example.com",
  names: ["example.com"],
  exportOption: "DISABLED",
  createdAt: END - 198 * DAY,
  issuedAt: END - 198 * DAY,
  notBefore: END - 198 * DAY,
  notAfter: END,
  renewAt: null,
  renewal: "NONE",
  renewalReason: null,
  inUse: false,
  exported: false,
};
const before = (days: number, more: Millis = 0): Date => new Date(END - days * DAY + more);
const stuck = { ...certificate, inUse: true, renewal: "PENDING_VALIDATION" as const };

/** What is said when the days before the end are looked at, one after the other. */
function said(of: EndingCertificate, days: readonly number[], own = policy): Record<string, number[]> {
  const told: Record<string, number[]> = {};
  let noticed: Noticed | undefined;
  for (const day of days) {
    const due = noticesDue(of, noticed, before(day), own);
    for (const { kind } of due?.toSay ?? []) (told[kind] ??= []).push(day);
    noticed = due?.noticed ?? noticed;
  }
  return told;
}
const days = (from: number, step = 1): number[] =>
  Array.from({ length: Math.ceil(from / step) }, (_, index) => from - index * step).filter((day) => day > 0);

describe("of a certificate's end", () => {
  test("each of the last 45 days is told once, however often it is looked at", () => {
    expect(said(certificate, days(60, 1 / 4))).toEqual({ "approaching-expiration": days(45) });
  });

  test("the account's own number of days counts", () => {
    expect(said(certificate, days(60), { daysBeforeExpiry: 3 })).toEqual({ "approaching-expiration": [3, 2, 1] });
  });

  test("nothing is told twice after an outage, and of the days that were missed only the last", () => {
    expect(said(certificate, [45, 45, 40, 41, 39.5])).toEqual({ "approaching-expiration": [45, 40] });
    expect(noticesDue(certificate, undefined, before(0), policy)).toBeUndefined();
  });

  test("a renewed certificate is told of anew", () => {
    const noticed = { generation: 2, approaching: 1, action: 1, overdue: true };
    expect(noticesDue(certificate, noticed, before(45), policy)?.toSay.map(({ kind }) => kind)).toEqual([
      "approaching-expiration",
    ]);
  });

  test.for([
    ["a public one", "AMAZON_ISSUED", [30, 15, 7, 3, 1]],
    ["a private one", "PRIVATE", [45, 30, 15, 7, 3, 1]],
  ] as const)("a renewal that is stuck is told for %s on its days", ([, type, expected]) => {
    expect(said({ ...stuck, type }, days(46))["renewal-action-required"]).toEqual(expected);
  });

  test("a day that was missed is told late, once", () => {
    expect(said(stuck, [31, 29, 28, 14, 2.5, 2])["renewal-action-required"]).toEqual([29, 14, 2.5]);
  });

  test.for([
    ["while nothing hinders it", { renewal: "PENDING_AUTO_RENEWAL" }, undefined],
    ["when the CA fails", { renewal: "PENDING_AUTO_RENEWAL", renewalReason: "CAA_ERROR" }, "CAA_ERROR"],
    ["when a domain is not proven", { renewal: "PENDING_VALIDATION" }, "PENDING_DOMAIN_VALIDATION"],
    ["when it succeeded", { renewal: "SUCCESS" }, undefined],
    ["when it was imported", { renewal: "PENDING_VALIDATION", type: "IMPORTED" }, undefined],
  ] as const)("the reason of a renewal %s", ([, more, reason]) => {
    const due = noticesDue({ ...stuck, ...more }, undefined, before(15), policy);
    const action = due?.toSay.find(({ kind }) => kind === "renewal-action-required");
    expect(action?.circumstances.renewalStatusReason).toBe(reason);
  });

  test("a renewal is overdue three days after it was due, and it is told once", () => {
    expect(said(stuck, days(50))["renewal-overdue"]).toEqual([42]);
    const waiting = noticesDue(stuck, undefined, before(44), policy);
    expect(waiting?.noticed.overdue).toBe(false);
    const due = noticesDue({ ...stuck, renewAt: END - 10 * DAY }, undefined, before(6), policy);
    expect(due?.toSay.at(-1)).toEqual({
      kind: "renewal-overdue",
      circumstances: { renewalDue: new Date(END - 10 * DAY), renewalStatusReason: "PENDING_DOMAIN_VALIDATION" },
    });
  });

  test("nobody's renewal is overdue where nobody uses it, or its key is elsewhere", () => {
    expect(said({ ...stuck, inUse: false }, days(50))["renewal-overdue"]).toBeUndefined();
    expect(said({ ...stuck, keyPairOrigin: "ACME" }, days(50))["renewal-overdue"]).toBeUndefined();
    expect(said({ ...stuck, inUse: false, exported: true }, days(50))["renewal-overdue"]).toEqual([42]);
  });

  test("a short life has short margins", () => {
    const short = { ...stuck, issuedAt: END - 10 * HOUR, notBefore: END - 10 * HOUR, renewAt: END - 3 * HOUR };
    const at = (hours: number): boolean | undefined =>
      noticesDue(short, undefined, new Date(END - hours * HOUR), policy)?.noticed.overdue;
    expect([at(2.1), at(2)]).toEqual([false, true]);
  });

  test("whenever it is looked at again no sooner than it asks for, no day is missed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 * 24 }), (hours) => {
        let at = before(50, hours * HOUR);
        let noticed: Noticed | undefined;
        const told: number[] = [];
        for (let count = 0; count < 200; count++) {
          const due = noticesDue(certificate, noticed, at, policy);
          if (!due) break;
          expect(due.next.getTime()).toBeGreaterThan(at.getTime());
          if (due.toSay.length > 0) told.push(due.noticed.approaching!);
          noticed = due.noticed;
          at = due.next;
        }
        const first = Math.min(45, told[0] ?? 0);
        expect(told).toEqual(days(first));
      }),
    );
  });
});
