import type { FailureReason } from "#domain/certificate/certificate.ts";
import { type RenewalPolicy, type RenewalStatus, renewalTime, spreadOf } from "#domain/certificate/renewal.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import { DAY, HOUR, later, type Millis } from "#lib/duration.ts";
import {
  type CertificateEventFacts,
  type CertificateEventKind,
  daysToExpiry,
  type EventCircumstances,
  type RenewalStatusReason,
} from "./certificate-events.ts";

/** What decides whether something is to be said of a certificate's end. */
export interface EndingCertificate extends CertificateEventFacts {
  readonly arn: string;
  readonly status: CertificateStatus;
  readonly generation: number;
  readonly issuedAt: Millis | null;
  readonly renewAt: Millis | null;
  readonly renewal: RenewalStatus;
  readonly renewalReason: FailureReason | null;
}

/** What was said already of one version. */
export interface Noticed {
  readonly generation: number;
  /** DaysToExpiry of the last "Approaching Expiration". */
  readonly approaching: number | null;
  /** The day, of those on which it is said, of the last "Renewal Action Required". */
  readonly action: number | null;
  readonly overdue: boolean;
}

export interface NoticePolicy extends RenewalPolicy {
  /** From how many days before the end on it is said daily. */
  readonly daysBeforeExpiry: number;
}

export interface Notice {
  readonly kind: CertificateEventKind;
  readonly circumstances: EventCircumstances;
}

export interface Notices {
  readonly toSay: readonly Notice[];
  /** What was said once this is. */
  readonly noticed: Noticed;
  /** When there may be more to say; nothing that can happen before then needs to be said sooner. */
  readonly next: Date;
}

/**
 * What is to be said of a certificate's end now: each day's notice once, however often and however late it is asked;
 * of days that were missed only the last. Undefined when it is not in force.
 */
export function noticesDue(
  certificate: EndingCertificate,
  said: Noticed | undefined,
  now: Date,
  policy: NoticePolicy,
): Notices | undefined {
  const { status, notAfter, generation } = certificate;
  if (status !== "ISSUED" || notAfter === null || notAfter <= now.getTime()) return undefined;
  const before = said?.generation === generation ? said : SAID_NOTHING;
  const days = daysToExpiry(notAfter, now);
  const reason = whyStuck(certificate);
  const due = renewalDue(certificate, policy);
  const overdueAt = due && later(due, Math.min(RENEWAL_ATTEMPT, lifeOf(certificate) / 10));
  const overdue = overdueAt !== undefined && now >= overdueAt;
  const actionDay = reason && ACTION_DAYS[certificate.type].findLast((day) => day >= days);

  const approaching = days <= policy.daysBeforeExpiry && isNews(days, before.approaching);
  const action = actionDay !== undefined && isNews(actionDay, before.action);
  const toSay: Notice[] = [];
  if (approaching) toSay.push({ kind: "approaching-expiration", circumstances: {} });
  if (action && reason) toSay.push({ kind: "renewal-action-required", circumstances: { renewalStatusReason: reason } });
  if (overdue && !before.overdue && due) {
    const stuck = reason ? { renewalStatusReason: reason } : {};
    toSay.push({ kind: "renewal-overdue", circumstances: { renewalDue: due, ...stuck } });
  }
  return {
    toSay,
    noticed: {
      generation,
      approaching: approaching ? days : before.approaching,
      action: action ? actionDay : before.action,
      overdue,
    },
    next: earliest(later(new Date(notAfter), -(days - 1) * DAY), overdue ? undefined : overdueAt),
  };
}

/** From its issue to its end. */
export function lifeOf({ notBefore, notAfter, issuedAt }: EndingCertificate): Millis {
  return (notAfter ?? 0) - (issuedAt ?? notBefore ?? 0);
}

/** When a certificate is to be renewed; undefined where nobody here renews it. */
export function renewalDue(certificate: EndingCertificate, policy: RenewalPolicy): Date | undefined {
  const { arn, type, keyPairOrigin, inUse, exported, renewAt, notBefore, notAfter, issuedAt } = certificate;
  if (keyPairOrigin !== "AWS_MANAGED" || !(inUse || exported) || notBefore === null || notAfter === null) {
    return undefined;
  }
  if (renewAt !== null) return new Date(renewAt);
  const validity = {
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    issuedAt: issuedAt === null ? undefined : new Date(issuedAt),
    isPrivate: type === "PRIVATE",
  };
  return renewalTime(validity, policy, spreadOf(arn));
}

/** Why a renewal that has begun does not come to its end; undefined while it needs nobody. */
function whyStuck({ type, renewal, renewalReason }: EndingCertificate): RenewalStatusReason | undefined {
  if (type === "IMPORTED") return undefined;
  if (renewal === "PENDING_VALIDATION") return renewalReason ?? "PENDING_DOMAIN_VALIDATION";
  return renewal === "PENDING_AUTO_RENEWAL" ? (renewalReason ?? undefined) : undefined;
}

function earliest(one: Date, other: Date | undefined): Date {
  return other !== undefined && other < one ? other : one;
}

/** Days only become fewer: a greater number was said before. */
function isNews(day: number, said: number | null): boolean {
  return said === null || day < said;
}

/** A renewal that is not done after one attempt, and an hour of the next, is overdue; a tenth of their life for shorter ones. */
const RENEWAL_ATTEMPT: Millis = 3 * DAY + HOUR;

const SAID_NOTHING: Omit<Noticed, "generation"> = { approaching: null, action: null, overdue: false };

/**
 * The days before the end on which a renewal that needs somebody is told, if it still does.
 * https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html names 45 or 30, 30, 15, 3 and 1; 7 is ours.
 */
const ACTION_DAYS: Readonly<Record<CertificateEventFacts["type"], readonly number[]>> = {
  AMAZON_ISSUED: [30, 15, 7, 3, 1],
  PRIVATE: [45, 30, 15, 7, 3, 1],
  IMPORTED: [],
};
