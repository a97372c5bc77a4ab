import { describe, expect, test } from "vitest";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { type CertificateFacts, nextStep, type Step } from "./next-step.ts";
import type { DomainFacts } from "./proving.ts";
import type { RenewalPolicy } from "./renewal.ts";

const now = new Date("2026-11-22T00:00:00Z");
const days = (count: number): Date => later(now, count * DAY);
const domain = (facts: Partial<DomainFacts> = {}): DomainFacts => ({
  position: 0,
  proven: false,
  checkAt: now,
  ...facts,
});

const pending: CertificateFacts = {
  status: "PENDING_VALIDATION",
  managed: true,
  requestedAt: later(now, -HOUR),
  inUse: false,
  renewal: "NONE",
  domains: [domain({ proven: true })],
};
const issued: CertificateFacts = {
  ...pending,
  status: "ISSUED",
  inUse: true,
  validity: { notBefore: days(-100), notAfter: days(98) },
  domains: [],
};
const nearItsEnd = { notBefore: days(-168), notAfter: days(30) };
const renewing: CertificateFacts = {
  ...issued,
  validity: nearItsEnd,
  renewal: "PENDING_AUTO_RENEWAL",
  renewalStartedAt: later(now, -HOUR),
  domains: [domain({ proven: true })],
};
const migrating: CertificateFacts = {
  ...issued,
  migration: { startedAt: later(now, -HOUR), domains: [domain({ checkAt: later(now, MINUTE) })] },
};

const nothing: Step = { kind: "nothing" };
const until = (time: Date): Step => ({ kind: "wait", until: time });

describe("the next step of a certificate", () => {
  test.for<[title: string, facts: CertificateFacts, step: Step, policy?: RenewalPolicy]>([
    // Endings.
    ["failed: nothing", { ...pending, status: "FAILED" }, nothing],
    ["timed out: nothing", { ...pending, status: "VALIDATION_TIMED_OUT" }, nothing],
    ["revoked: nothing", { ...issued, status: "REVOKED" }, nothing],
    ["expired: nothing, even while in use", { ...issued, status: "EXPIRED" }, nothing],
    [
      "unproven for 72 hours: give up",
      { ...pending, requestedAt: days(-3), domains: [domain()] },
      { kind: "validation-timed-out" },
    ],
    ["proven in time, but not signed within 72 hours: issue", { ...pending, requestedAt: days(-3) }, { kind: "issue" }],
    [
      "proven, but not signed for ten days, after an outage or from a backup: who had the domains then may not have them now",
      { ...pending, requestedAt: days(-10) },
      { kind: "validation-timed-out" },
    ],
    [
      "nothing to prove, and not signed for ten days: issue",
      { ...pending, requestedAt: days(-10), domains: [] },
      { kind: "issue" },
    ],
    [
      "nobody uses it, and an operator ordered another version: renew",
      { ...renewing, inUse: false, ordered: true },
      { kind: "renew" },
    ],
    [
      "a renewal that was proven ten days ago and could not be signed: prove it again",
      { ...renewing, renewalStartedAt: days(-10) },
      { kind: "restart-renewal" },
    ],
    [
      "past its end: record it",
      { ...issued, validity: { notBefore: days(-90), notAfter: later(now, -SECOND) } },
      { kind: "expired" },
    ],
    [
      "in the last second of its validity: it is still valid",
      { ...issued, inUse: false, validity: { notBefore: days(-90), notAfter: now } },
      until(later(now, SECOND)),
    ],
    [
      "past its end in the middle of a renewal: it expires",
      { ...renewing, validity: { notBefore: days(-198), notAfter: days(-1) } },
      { kind: "expired" },
    ],

    // Validation of a request.
    [
      "a domain not looked up yet: look",
      { ...pending, domains: [domain()] },
      { kind: "check-domains", positions: [0] },
    ],
    [
      "two of three unproven, one of them due: look that one up",
      {
        ...pending,
        domains: [
          domain({ position: 0, checkAt: later(now, MINUTE) }),
          domain({ position: 1 }),
          domain({ position: 2, proven: true }),
        ],
      },
      { kind: "check-domains", positions: [1] },
    ],
    [
      "unproven, none due: rest until the first is",
      {
        ...pending,
        domains: [domain({ checkAt: later(now, MINUTE) }), domain({ position: 1, checkAt: later(now, SECOND) })],
      },
      until(later(now, SECOND)),
    ],
    [
      "unproven and nearly out of time: rest no longer than that",
      {
        ...pending,
        requestedAt: later(now, MINUTE - 72 * HOUR),
        domains: [domain({ checkAt: later(now, 5 * MINUTE) })],
      },
      until(later(now, MINUTE)),
    ],
    ["all domains proven: issue", pending, { kind: "issue" }],

    // Between issue and renewal.
    ["in use, 98 of 198 days left: rest until 45 are left", issued, until(days(98 - 45))],
    ["nobody uses it: rest until its end", { ...issued, inUse: false }, until(later(days(98), SECOND))],
    [
      "nobody uses it, 30 days left: not renewed",
      { ...issued, inUse: false, validity: nearItsEnd },
      until(later(days(30), SECOND)),
    ],
    [
      "imported and in use, 30 days left: not ours to renew",
      { ...issued, managed: false, validity: nearItsEnd },
      until(later(days(30), SECOND)),
    ],
    [
      "a life of nine hours: renewed when a third is left",
      { ...issued, validity: { notBefore: later(now, -HOUR), notAfter: later(now, 8 * HOUR) } },
      until(later(now, 5 * HOUR)),
    ],
    ["with a spread of a half: rest until half a day earlier", { ...issued, spread: 0.5 }, until(days(98 - 45.5))],
    [
      "with a spread and a life of nine hours: up to a tenth of the third earlier",
      { ...issued, spread: 0.5, validity: { notBefore: later(now, -HOUR), notAfter: later(now, 8 * HOUR) } },
      until(later(now, 5 * HOUR - 9 * MINUTE)),
    ],
    [
      "with a spread and a time that was configured: as configured",
      { ...issued, spread: 0.5 },
      until(days(98 - 30)),
      { renewBefore: 30 * DAY },
    ],
    ["renewal sooner by configuration", issued, { kind: "start-renewal" }, { renewBefore: 120 * DAY }],
    [
      "renewal sooner than the beginning: never within the first hundredth of its life",
      { ...issued, validity: { notBefore: now, notAfter: days(100) } },
      until(days(1)),
      { renewBefore: 400 * DAY },
    ],

    [
      "renewal as soon as configured, of a certificate whose notBefore was put back: a hundredth of what is left first",
      { ...issued, validity: { notBefore: later(now, -HOUR), issuedAt: now, notAfter: days(100) } },
      until(days(1)),
      { renewBefore: 400 * DAY },
    ],

    // Renewal.
    [
      "in use, 45 days left: renew",
      { ...issued, validity: { notBefore: days(-153), notAfter: days(45) } },
      { kind: "start-renewal" },
    ],
    [
      "renewed before: the next time all the same",
      { ...issued, validity: nearItsEnd, renewal: "SUCCESS" },
      { kind: "start-renewal" },
    ],
    [
      "renewing, a domain not looked up yet: look",
      { ...renewing, domains: [domain()] },
      { kind: "check-domains", positions: [0] },
    ],
    ["renewing, all domains proven again: issue anew", renewing, { kind: "renew" }],
    [
      "renewing, the record is gone: rest until the next look",
      { ...renewing, renewal: "PENDING_VALIDATION", domains: [domain({ checkAt: later(now, MINUTE) })] },
      until(later(now, MINUTE)),
    ],
    [
      "renewing for 72 hours without proof: start over",
      { ...renewing, renewal: "PENDING_VALIDATION", renewalStartedAt: days(-3), domains: [domain()] },
      { kind: "restart-renewal" },
    ],
    ["renewing for 72 hours, proven, not signed: sign", { ...renewing, renewalStartedAt: days(-3) }, { kind: "renew" }],
    [
      "renewing without proof on the last day: rest no longer than its end",
      {
        ...renewing,
        validity: { notBefore: days(-198), notAfter: later(now, MINUTE) },
        renewal: "PENDING_VALIDATION",
        domains: [domain({ checkAt: later(now, 5 * MINUTE) })],
      },
      until(later(now, MINUTE + SECOND)),
    ],
    [
      "renewing and detached meanwhile: rest until its end",
      { ...renewing, inUse: false, domains: [domain()] },
      until(later(days(30), SECOND)),
    ],

    // A change from e-mail to DNS validation, beside all that.
    [
      "changing, a record not looked up yet: look",
      { ...migrating, migration: { startedAt: now, domains: [domain()] } },
      { kind: "check-migration", positions: [0] },
    ],
    ["changing, none due: rest until the first is", migrating, until(later(now, MINUTE))],
    [
      "changing, all records seen: switch",
      { ...migrating, migration: { startedAt: now, domains: [domain({ proven: true })] } },
      { kind: "finish-migration" },
    ],
    [
      "changing for 72 hours: give it up",
      { ...migrating, migration: { startedAt: days(-3), domains: [domain(), domain({ proven: true })] } },
      { kind: "migration-timed-out" },
    ],
    [
      "changing for 72 hours, and the last record was seen: switch all the same",
      { ...migrating, migration: { startedAt: days(-3), domains: [domain({ proven: true })] } },
      { kind: "finish-migration" },
    ],
    [
      "changing, nobody uses it, its end is nearer than the next look: rest until its end",
      { ...migrating, inUse: false, validity: { notBefore: days(-198), notAfter: later(now, 2 * SECOND) } },
      until(later(now, 3 * SECOND)),
    ],
    [
      "changing while a renewal waits for letters: rest until the earlier of the two",
      { ...migrating, ...renewing, domains: [domain({ checkAt: later(now, SECOND) })] },
      until(later(now, SECOND)),
    ],
    ["changing while a renewal can be signed: sign", { ...migrating, ...renewing }, { kind: "renew" }],
    [
      "changing while a renewal is due, records to look up: look first",
      { ...migrating, validity: nearItsEnd, migration: { startedAt: now, domains: [domain()] } },
      { kind: "check-migration", positions: [0] },
    ],
    [
      "changing when it expires: it expires",
      { ...migrating, validity: { notBefore: days(-198), notAfter: days(-1) } },
      { kind: "expired" },
    ],
    ["changing when it was revoked: nothing", { ...migrating, status: "REVOKED" }, nothing],
  ])("%s", ([, facts, step, policy = {}]) => {
    expect(nextStep(facts, now, policy)).toEqual(step);
  });
});
