import { Refusal } from "#domain/refusal.ts";

/** The seven statuses DescribeCertificate can show. Nothing finer is ever stored. */
export type CertificateStatus =
  | "PENDING_VALIDATION"
  | "ISSUED"
  | "INACTIVE"
  | "EXPIRED"
  | "VALIDATION_TIMED_OUT"
  | "REVOKED"
  | "FAILED";

export type CertificateEvent =
  | "issued"
  | "validation-timed-out"
  | "issuance-failed"
  | "renewed"
  | "reimported"
  | "reissued"
  | "expired"
  | "revoked";

/**
 * What may happen to a certificate, and what it then is. Read a row as a sentence.
 * https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html; nothing is known to lead to INACTIVE.
 */
const TRANSITIONS = {
  PENDING_VALIDATION: { issued: "ISSUED", "validation-timed-out": "VALIDATION_TIMED_OUT", "issuance-failed": "FAILED" },
  ISSUED: { renewed: "ISSUED", reimported: "ISSUED", reissued: "ISSUED", expired: "EXPIRED", revoked: "REVOKED" },
  INACTIVE: {},
  EXPIRED: { reimported: "ISSUED", reissued: "ISSUED" },
  VALIDATION_TIMED_OUT: {},
  REVOKED: {},
  FAILED: {},
} as const satisfies Record<CertificateStatus, Partial<Record<CertificateEvent, CertificateStatus>>>;

/** Every status, for those who must name them all. */
export const CERTIFICATE_STATUSES: readonly CertificateStatus[] = Object.keys(
  TRANSITIONS,
) as (keyof typeof TRANSITIONS)[];

/** What a certificate is after `event`. Throws `state-forbids` where the event cannot happen to it. */
export function statusAfter(event: CertificateEvent, status: CertificateStatus): CertificateStatus {
  const row: Partial<Record<CertificateEvent, CertificateStatus>> = TRANSITIONS[status];
  const next = row[event];
  if (next === undefined) throw new Refusal("state-forbids", `A certificate that is ${status} cannot be ${event}.`);
  return next;
}
