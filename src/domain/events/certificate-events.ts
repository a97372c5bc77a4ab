import type {
  CertificateType,
  FailureReason,
  KeyPairOrigin,
  ValidationMethod,
} from "#domain/certificate/certificate.ts";
import { DAY, type Millis } from "#lib/duration.ts";

/** What is said of certificates: the five events of ACM, and two of our own. */
export type CertificateEventKind =
  | "approaching-expiration"
  | "available"
  | "expired"
  | "renewal-action-required"
  | "revoked"
  | "issuance-failed"
  | "renewal-overdue";

/** A certificate as events tell of it. */
export interface CertificateEventFacts {
  readonly type: CertificateType;
  readonly keyPairOrigin: KeyPairOrigin;
  readonly acmeAccountId: string | null;
  readonly acmeEndpointArn: string | null;
  readonly validationMethod: ValidationMethod | null;
  readonly domainName: string;
  readonly names: readonly string[];
  readonly exportOption: "ENABLED" | "DISABLED";
  readonly createdAt: Millis;
  readonly notBefore: Millis | null;
  readonly notAfter: Millis | null;
  readonly inUse: boolean;
  readonly exported: boolean;
}

/** What only some events tell. */
export interface EventCircumstances {
  readonly action?: "ISSUANCE" | "RENEWAL" | "IMPORT" | "REIMPORT";
  readonly renewalStatusReason?: RenewalStatusReason;
  readonly renewalDue?: Date;
  readonly failure?: FailureReason | "VALIDATION_TIMED_OUT";
}

export type RenewalStatusReason = FailureReason | "PENDING_DOMAIN_VALIDATION";

/** What an event says, without its envelope. */
export interface EventContent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * The content of an event about a certificate; undefined where there is none of this kind for it: nobody hears of the
 * end or the renewal of what was imported.
 */
export function certificateEvent(
  kind: CertificateEventKind,
  certificate: CertificateEventFacts,
  now: Date,
  circumstances: EventCircumstances = {},
): EventContent | undefined {
  const { source, detailType, imported, members } = EVENTS[kind];
  if (certificate.type === "IMPORTED" && !imported) return undefined;
  const all = { certificate, now, ...circumstances };
  const detail = members.map((name) => [name, MEMBERS[name](all)] as const).filter(([, value]) => value !== undefined);
  return { source, detailType, detail: Object.fromEntries(detail) };
}

/** Days until the end of a certificate, the present one included: never 0 while it is valid. */
export function daysToExpiry(notAfter: Millis, now: Date): number {
  return Math.ceil((notAfter - now.getTime()) / DAY);
}

/** The source of our own events; AWS's are `aws.acm`. */
export const OWN_SOURCE = "sealkeeper";

interface Told extends EventCircumstances {
  readonly certificate: CertificateEventFacts;
  readonly now: Date;
}

type Member = keyof typeof MEMBERS;

/** Each member of a `detail`, and how it is told. */
const MEMBERS = {
  Action: ({ action }) => action,
  AcmeAccountId: ({ certificate }) => certificate.acmeAccountId ?? undefined,
  AcmeEndpointArn: ({ certificate }) => certificate.acmeEndpointArn ?? undefined,
  CertificateCreatedDate: ({ certificate }) => eventTime(certificate.createdAt),
  CertificateExpirationDate: ({ certificate }) =>
    certificate.notAfter === null ? undefined : eventTime(certificate.notAfter),
  CertificateKeyPairOrigin: ({ certificate }) => certificate.keyPairOrigin,
  CertificateType: ({ certificate }) => certificate.type,
  CommonName: ({ certificate }) => certificate.domainName,
  DaysToExpiry: ({ certificate, now }) =>
    certificate.notAfter === null ? undefined : daysToExpiry(certificate.notAfter, now),
  DomainValidationMethod: ({ certificate }) => certificate.validationMethod ?? undefined,
  Exportable: ({ certificate }) => certificate.type === "PRIVATE" || certificate.exportOption === "ENABLED",
  Exported: ({ certificate }) => certificate.exported,
  FailureReason: ({ failure }) => failure,
  FirstSubjectAlternativeName: ({ certificate }) => certificate.names[0],
  InUse: ({ certificate }) => certificate.inUse,
  RenewalDueDate: ({ renewalDue }) => renewalDue && eventTime(renewalDue.getTime()),
  RenewalStatusReason: ({ renewalStatusReason }) => renewalStatusReason,
  ValidityInDays: ({ certificate: { notBefore, notAfter } }) =>
    notBefore === null || notAfter === null ? undefined : Math.max(1, Math.round((notAfter - notBefore) / DAY)),
} satisfies Record<string, (told: Told) => unknown>;

const ACME: readonly Member[] = ["AcmeAccountId", "AcmeEndpointArn"];
const SUBJECT: readonly Member[] = [
  "CommonName",
  "FirstSubjectAlternativeName",
  "ValidityInDays",
  "CertificateKeyPairOrigin",
];
const USE: readonly Member[] = ["InUse", "Exported"];

interface EventForm {
  readonly source: string;
  readonly detailType: string;
  /** Whether imported certificates have it, too. */
  readonly imported: boolean;
  readonly members: readonly Member[];
}

/** https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html, its members in its order. */
const EVENTS: Readonly<Record<CertificateEventKind, EventForm>> = {
  "approaching-expiration": {
    source: "aws.acm",
    detailType: "ACM Certificate Approaching Expiration",
    imported: true,
    members: ["DaysToExpiry", ...SUBJECT, ...ACME],
  },
  available: {
    source: "aws.acm",
    detailType: "ACM Certificate Available",
    imported: true,
    members: [
      "Action",
      "CertificateType",
      ...SUBJECT,
      ...ACME,
      "DomainValidationMethod",
      "CertificateCreatedDate",
      "CertificateExpirationDate",
      "DaysToExpiry",
      ...USE,
    ],
  },
  expired: {
    source: "aws.acm",
    detailType: "ACM Certificate Expired",
    imported: false,
    members: [
      "CertificateType",
      ...SUBJECT,
      ...ACME,
      "DomainValidationMethod",
      "CertificateCreatedDate",
      "CertificateExpirationDate",
      ...USE,
    ],
  },
  "renewal-action-required": {
    source: "aws.acm",
    detailType: "ACM Certificate Renewal Action Required",
    imported: false,
    members: [
      "CertificateType",
      ...SUBJECT,
      "DomainValidationMethod",
      "RenewalStatusReason",
      "DaysToExpiry",
      "CertificateExpirationDate",
      ...USE,
    ],
  },
  revoked: {
    source: "aws.acm",
    detailType: "ACM Certificate Revoked",
    imported: false,
    members: ["CertificateType", ...SUBJECT, ...ACME, "CertificateExpirationDate", "Exportable"],
  },
  "issuance-failed": {
    source: OWN_SOURCE,
    detailType: "Sealkeeper Certificate Issuance Failed",
    imported: false,
    members: [
      "CertificateType",
      ...SUBJECT,
      ...ACME,
      "DomainValidationMethod",
      "CertificateCreatedDate",
      "FailureReason",
    ],
  },
  "renewal-overdue": {
    source: OWN_SOURCE,
    detailType: "Sealkeeper Certificate Renewal Overdue",
    imported: false,
    members: [
      "CertificateType",
      ...SUBJECT,
      "DomainValidationMethod",
      "RenewalStatusReason",
      "RenewalDueDate",
      "DaysToExpiry",
      "CertificateExpirationDate",
      ...USE,
    ],
  },
};

function eventTime(time: Millis): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");
}
