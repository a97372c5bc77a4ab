import { DAY, later, type Millis } from "#lib/duration.ts";
import { evenHash } from "#lib/even-hash.ts";

/** How far managed renewal has come, in RenewalSummary's words; `NONE` before the first one, when there is no summary. */
export type RenewalStatus = "NONE" | "PENDING_AUTO_RENEWAL" | "PENDING_VALIDATION" | "SUCCESS" | "FAILED";

export type RenewalEvent = "started" | "domains-unproven" | "restarted" | "renewed" | "gave-up";

/** Renewal runs beside the status, which stays ISSUED meanwhile: a second table, not more statuses in the first. */
const TRANSITIONS = {
  NONE: { started: "PENDING_AUTO_RENEWAL" },
  PENDING_AUTO_RENEWAL: {
    "domains-unproven": "PENDING_VALIDATION",
    restarted: "PENDING_AUTO_RENEWAL",
    renewed: "SUCCESS",
    "gave-up": "FAILED",
  },
  PENDING_VALIDATION: {
    "domains-unproven": "PENDING_VALIDATION",
    restarted: "PENDING_AUTO_RENEWAL",
    renewed: "SUCCESS",
    "gave-up": "FAILED",
  },
  SUCCESS: { started: "PENDING_AUTO_RENEWAL" },
  FAILED: { started: "PENDING_AUTO_RENEWAL" },
} as const satisfies Record<RenewalStatus, Partial<Record<RenewalEvent, RenewalStatus>>>;

/** What a renewal is after `event`; undefined where the event cannot happen to it. */
export function renewalAfter(event: RenewalEvent, status: RenewalStatus): RenewalStatus | undefined {
  const row: Partial<Record<RenewalEvent, RenewalStatus>> = TRANSITIONS[status];
  return row[event];
}

export function isRenewing(status: RenewalStatus): boolean {
  return renewalAfter("renewed", status) !== undefined;
}

export interface RenewalPolicy {
  /** How long before its end a certificate is renewed; undefined: as ACM does. */
  readonly renewBefore?: Millis | undefined;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When it was signed: later than notBefore, which is put back for clients whose clocks are slow. */
  readonly issuedAt?: Date | undefined;
  /** Whether an account's private CA signed it. */
  readonly isPrivate?: boolean;
}

/**
 * When renewal of a certificate in use begins: 45 days before its end, as ACM does for its 198 days, 60 days for those
 * of private CAs with their 395, and a third of the lifetime before the end of shorter ones. Never within the first hundredth of a life, whatever was configured.
 *
 * `spread`, from 0 to 1 and each certificate's own, makes it up to a day earlier, or a tenth of that third:
 * certificates that were issued together, after a move or an outage, would else be renewed together for ever. What was
 * configured is kept to the second.
 */
export function renewalTime(
  { notBefore, notAfter, issuedAt = notBefore, isPrivate = false }: Validity,
  { renewBefore }: RenewalPolicy,
  spread = 0,
): Date {
  const lifetime = notAfter.getTime() - issuedAt.getTime();
  const standard = Math.min(isPrivate ? PRIVATE_RENEWS_BEFORE : ACM_RENEWS_BEFORE, lifetime / 3);
  const spreadOut = standard + spread * Math.min(MOST_SPREAD, standard / 10);
  return later(notAfter, -Math.round(Math.min(renewBefore ?? spreadOut, lifetime * 0.99)));
}

/** Each certificate's own place among those that are due together, always the same. */
export function spreadOf(certificateArn: string): number {
  return evenHash(certificateArn);
}

/** https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html, for certificates of 198 days. */
const ACM_RENEWS_BEFORE: Millis = 45 * DAY;
const PRIVATE_RENEWS_BEFORE: Millis = 60 * DAY;
const MOST_SPREAD: Millis = DAY;
