import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { isRenewing, type RenewalPolicy, type RenewalStatus, renewalTime, type Validity } from "./renewal.ts";
import type { CertificateStatus } from "./status.ts";

/** What the rules need to know of a certificate: facts read from the store, no behaviour. */
export interface CertificateFacts {
  readonly status: CertificateStatus;
  /** False where whoever has the key renews: imported certificates, and those of ACME clients. */
  readonly managed: boolean;
  readonly requestedAt: Date;
  /** Some resource uses it, or it was exported since its last issue. */
  readonly inUse: boolean;
  /** Absent before the first issue. */
  readonly validity?: Validity;
  readonly renewal: RenewalStatus;
  /** When the CA wants it renewed; absent where the policy decides. */
  readonly renewAt?: Date;
  /** When the present attempt at renewal began. */
  readonly renewalStartedAt?: Date;
  /** The proofs of the present attempt, be it the first issue or a renewal. */
  readonly domains: readonly DomainFacts[];
}

export interface DomainFacts {
  /** Its place among the certificate's domains. */
  readonly position: number;
  readonly proven: boolean;
  readonly checkAt: Date;
}

/** The one thing to do next. Whoever performs it asks again afterwards. */
export type Step =
  | { readonly kind: "nothing" }
  | { readonly kind: "wait"; readonly until: Date }
  | { readonly kind: "check-domains"; readonly positions: readonly number[] }
  | { readonly kind: "issue" }
  | { readonly kind: "start-renewal" }
  | { readonly kind: "restart-renewal" }
  | { readonly kind: "renew" }
  | { readonly kind: "expired" }
  | { readonly kind: "validation-timed-out" };

/** A rule recognises one situation, or passes. */
type Rule = (facts: CertificateFacts, now: Date, policy: RenewalPolicy) => Step | undefined;

const settled: Rule = ({ status }) =>
  status === "PENDING_VALIDATION" || status === "ISSUED" ? undefined : { kind: "nothing" };

const validationTimedOut: Rule = ({ status, requestedAt, domains }, now) =>
  status === "PENDING_VALIDATION" && now >= later(requestedAt, ATTEMPT) && !allProven(domains)
    ? { kind: "validation-timed-out" }
    : undefined;

const requestedDomains: Rule = ({ status, requestedAt, domains }, now) =>
  status === "PENDING_VALIDATION" ? proveDomains(domains, later(requestedAt, ATTEMPT), now) : undefined;

const readyToIssue: Rule = ({ status }) => (status === "PENDING_VALIDATION" ? { kind: "issue" } : undefined);

const expired: Rule = ({ validity }, now) => (validity && now >= end(validity) ? { kind: "expired" } : undefined);

const notOursToRenew: Rule = ({ validity, managed, inUse }) =>
  validity && !(managed && inUse) ? { kind: "wait", until: end(validity) } : undefined;

const notDueYet: Rule = ({ validity, renewal, renewAt }, now, policy) => {
  if (!validity || isRenewing(renewal)) return undefined;
  const due = renewAt ?? renewalTime(validity, policy);
  return now < due ? { kind: "wait", until: due } : undefined;
};

const renewalDue: Rule = ({ renewal }) => (isRenewing(renewal) ? undefined : { kind: "start-renewal" });

const renewalStuck: Rule = ({ renewalStartedAt, domains }, now) =>
  renewalStartedAt && now >= later(renewalStartedAt, ATTEMPT) && !allProven(domains)
    ? { kind: "restart-renewal" }
    : undefined;

const renewalDomains: Rule = ({ validity, renewalStartedAt, domains }, now) =>
  validity && renewalStartedAt
    ? proveDomains(domains, earliest([end(validity), later(renewalStartedAt, ATTEMPT)]), now)
    : undefined;

const readyToRenew: Rule = () => ({ kind: "renew" });

/** First match wins, so the order is the policy: endings, then validation, then issuance, then renewal. */
const RULES: readonly Rule[] = [
  settled,
  validationTimedOut,
  requestedDomains,
  readyToIssue,
  expired,
  notOursToRenew,
  notDueYet,
  renewalDue,
  renewalStuck,
  renewalDomains,
  readyToRenew,
];

/** What a certificate needs now, or until when it needs nothing. */
export function nextStep(facts: CertificateFacts, now: Date, policy: RenewalPolicy): Step {
  for (const rule of RULES) {
    const step = rule(facts, now, policy);
    if (step) return step;
  }
  throw new Error(`no rule recognises a certificate that is ${facts.status}`);
}

/** Looks up what is due; rests until the next look, or until the attempt ends; passes when all is proven. */
function proveDomains(domains: readonly DomainFacts[], attemptEnds: Date, now: Date): Step | undefined {
  const unproven = domains.filter(({ proven }) => !proven);
  if (unproven.length === 0) return undefined;
  const due = unproven.filter(({ checkAt }) => checkAt <= now);
  return due.length > 0
    ? { kind: "check-domains", positions: due.map(({ position }) => position) }
    : { kind: "wait", until: earliest([attemptEnds, ...unproven.map(({ checkAt }) => checkAt)]) };
}

/** notAfter belongs to the validity (RFC 5280 section 4.1.2.5), and certificates know no fraction of a second. */
function end({ notAfter }: Validity): Date {
  return later(notAfter, SECOND);
}

function allProven(domains: readonly DomainFacts[]): boolean {
  return domains.every(({ proven }) => proven);
}

function earliest(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map((time) => time.getTime())));
}

/** https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html: 72 hours, also for each renewal attempt. */
export const ATTEMPT: Millis = 72 * HOUR;
