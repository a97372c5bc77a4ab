import { DAY, HOUR, later, type Millis } from "#lib/duration.ts";

/** DescribeAcmeDomainValidation's statuses. */
export type AcmeDomainStatus = "VALIDATING" | "VALID" | "INVALID" | "DELETING";

/** Why a domain validation is INVALID (FailureDetails.Reason). */
export type AcmeDomainFailure =
  | "ACCESS_DENIED"
  | "DOMAIN_MISMATCH"
  | "DOMAIN_NOT_ALLOWED"
  | "ENDPOINT_NOT_ACTIVE"
  | "HOSTED_ZONE_NOT_FOUND"
  | "INTERNAL_FAILURE"
  | "INVALID_CHANGE_BATCH"
  | "INVALID_PUBLIC_DOMAIN"
  | "TIMED_OUT";

/** What the rules need to know of a domain validation. */
export interface AcmeDomainFacts {
  readonly status: AcmeDomainStatus;
  readonly startedAt: Date;
  /** When its record is looked up next. */
  readonly checkAt: Date;
  /** When its record was last seen; undefined before the first time. */
  readonly provenAt: Date | undefined;
}

/** The one thing to do next. Whoever does it asks again afterwards. */
export type AcmeDomainStep =
  | { readonly kind: "nothing" }
  | { readonly kind: "wait"; readonly until: Date }
  | { readonly kind: "look" }
  | { readonly kind: "time-out" }
  /** The proof is too old: it has to be given anew. */
  | { readonly kind: "lapse" }
  | { readonly kind: "remove" };

/**
 * What a domain validation needs now. A record must be there within 72 hours, and stay: it is looked up again for as
 * long as the validation lives, and a proof that grew too old is none.
 */
export function nextDomainStep({ status, startedAt, checkAt, provenAt }: AcmeDomainFacts, now: Date): AcmeDomainStep {
  switch (status) {
    case "DELETING":
      return { kind: "remove" };
    case "INVALID":
      return { kind: "nothing" };
    case "VALIDATING":
      return now >= later(startedAt, ATTEMPT) ? { kind: "time-out" } : look(checkAt, later(startedAt, ATTEMPT), now);
    case "VALID": {
      const end = later(provenAt ?? startedAt, proofLifetime(now));
      return now >= end ? { kind: "lapse" } : look(checkAt, end, now);
    }
  }
}

/** The pause before the record of a VALID domain is looked up again: a week, and a day once it was missed. */
export function recheckValidAfter(proven: boolean, now: Date): Millis {
  return Math.min(proven ? 7 * DAY : DAY, proofLifetime(now) / 5);
}

function look(checkAt: Date, end: Date, now: Date): AcmeDomainStep {
  return checkAt <= now ? { kind: "look" } : { kind: "wait", until: checkAt < end ? checkAt : end };
}

/** How long a proof may be used: BR 2.2.6 section 4.2.1, by the day on which a certificate is issued. */
function proofLifetime(at: Date): Millis {
  return PROOF_LIFETIMES.find(({ from }) => at.getTime() >= from)?.lifetime ?? 398 * DAY;
}

const PROOF_LIFETIMES = [
  { from: Date.UTC(2029, 2, 15), lifetime: 10 * DAY },
  { from: Date.UTC(2027, 2, 15), lifetime: 100 * DAY },
  { from: Date.UTC(2026, 2, 15), lifetime: 200 * DAY },
];
/** https://docs.aws.amazon.com/acm/latest/userguide/acme-endpoints.html: as for certificates, 72 hours. */
const ATTEMPT: Millis = 72 * HOUR;
