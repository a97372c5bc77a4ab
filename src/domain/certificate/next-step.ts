import { earliest, hasCome, later, SECOND } from "#lib/duration.ts";
import { type MigrationFacts, type MigrationStep, migrationStep } from "./migration.ts";
import { ATTEMPT, type DomainFacts, isOver, proveDomains } from "./proving.ts";
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
  /** An operator ordered another version, whoever uses it. */
  readonly ordered?: boolean;
  /** Its own place, from 0 to 1, among those that are due together; see renewalTime. */
  readonly spread?: number;
  /** Absent before the first issue. */
  readonly validity?: Validity;
  readonly renewal: RenewalStatus;
  /** When the CA wants it renewed; absent where the policy decides. */
  readonly renewAt?: Date;
  /** When the present attempt at renewal began. */
  readonly renewalStartedAt?: Date;
  /** The proofs of the present attempt, be it the first issue or a renewal. */
  readonly domains: readonly DomainFacts[];
  /** When it is removed, once it is over: a year after the end of an ACME client's. Absent for those that stay. */
  readonly forgetAt?: Date;
  /** A change from e-mail to DNS validation that runs beside all that. */
  readonly migration?: MigrationFacts;
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
  | { readonly kind: "forget" }
  | Exclude<MigrationStep, { readonly kind: "wait" }>
  | { readonly kind: "validation-timed-out" };

/** A rule recognises one situation, or passes. */
type Rule = (facts: CertificateFacts, now: Date, policy: RenewalPolicy) => Step | undefined;

const outlived: Rule = ({ status, forgetAt }, now) => {
  if (!forgetAt || status === "ISSUED") return undefined;
  return hasCome(forgetAt, now) ? { kind: "forget" } : { kind: "wait", until: forgetAt };
};

const settled: Rule = ({ status }) =>
  status === "PENDING_VALIDATION" || status === "ISSUED" ? undefined : { kind: "nothing" };

const validationTimedOut: Rule = ({ status, requestedAt, domains }, now) =>
  status === "PENDING_VALIDATION" && isOver(domains, requestedAt, now) ? { kind: "validation-timed-out" } : undefined;

const requestedDomains: Rule = ({ status, requestedAt, domains }, now) =>
  status === "PENDING_VALIDATION" ? proveDomains(domains, later(requestedAt, ATTEMPT), now) : undefined;

const readyToIssue: Rule = ({ status }) => (status === "PENDING_VALIDATION" ? { kind: "issue" } : undefined);

const expired: Rule = ({ validity }, now) =>
  validity && hasCome(end(validity), now) ? { kind: "expired" } : undefined;

const notOursToRenew: Rule = ({ validity, managed, inUse, ordered = false }) =>
  validity && !(managed && (inUse || ordered)) ? { kind: "wait", until: end(validity) } : undefined;

const notDueYet: Rule = ({ validity, renewal, renewAt, spread }, now, policy) => {
  if (!validity || isRenewing(renewal)) return undefined;
  const due = renewAt ?? renewalTime(validity, policy, spread);
  return hasCome(due, now) ? undefined : { kind: "wait", until: due };
};

const renewalDue: Rule = ({ renewal }) => (isRenewing(renewal) ? undefined : { kind: "start-renewal" });

const renewalStuck: Rule = ({ renewalStartedAt, domains }, now) =>
  renewalStartedAt && isOver(domains, renewalStartedAt, now) ? { kind: "restart-renewal" } : undefined;

const renewalDomains: Rule = ({ validity, renewalStartedAt, domains }, now) =>
  validity && renewalStartedAt
    ? proveDomains(domains, earliest([end(validity), later(renewalStartedAt, ATTEMPT)]), now)
    : undefined;

const readyToRenew: Rule = () => ({ kind: "renew" });

/** First match wins, so the order is the policy: endings, then validation, then issuance, then renewal. */
const RULES: readonly Rule[] = [
  outlived,
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
  const step = ownStep(facts, now, policy);
  if (!facts.migration || step.kind === "nothing" || step.kind === "expired") return step;
  const migration = migrationStep(facts.migration, now);
  if (migration.kind !== "wait") return migration;
  return step.kind === "wait" ? { kind: "wait", until: earliest([step.until, migration.until]) } : step;
}

function ownStep(facts: CertificateFacts, now: Date, policy: RenewalPolicy): Step {
  for (const rule of RULES) {
    const step = rule(facts, now, policy);
    if (step) return step;
  }
  throw new Error(`no rule recognises a certificate that is ${facts.status}`);
}

/** notAfter belongs to the validity (RFC 5280 section 4.1.2.5), and certificates know no fraction of a second. */
function end({ notAfter }: Validity): Date {
  return later(notAfter, SECOND);
}
