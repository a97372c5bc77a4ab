import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "#lib/duration.ts";
import {
  type CertificateEventFacts,
  type CertificateEventKind,
  certificateEvent,
  daysToExpiry,
  type EventCircumstances,
} from "./certificate-events.ts";

const CREATED = Date.parse("2026-11-22T18:43:48Z");
const now = new Date(CREATED + HOUR);

const issued: CertificateEventFacts = {
  type: "AMAZON_ISSUED",
  keyPairOrigin: "AWS_MANAGED",
  acmeAccountId: null,
  acmeEndpointArn: null,
  validationMethod: "DNS",
  domainName: "example.com",
  names: ["example.com", "www.example.com"],
  exportOption: "DISABLED",
  createdAt: CREATED,
  notBefore: CREATED,
  notAfter: CREATED + 198 * DAY,
  inUse: true,
  exported: false,
};
const endpoint = "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/6c9d";
const acme = { ...issued, keyPairOrigin: "ACME" as const, acmeAccountId: "a1", acmeEndpointArn: endpoint };
const imported: CertificateEventFacts = {
  ...issued,
  type: "IMPORTED",
  keyPairOrigin: "CUSTOMER_PROVIDED",
  validationMethod: null,
};

/** https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html */
const EVENTS: readonly (readonly [
  name: string,
  kind: CertificateEventKind,
  certificate: CertificateEventFacts,
  circumstances: EventCircumstances,
  detailType: string,
  detail: object,
])[] = [
  [
    "the approach of the end",
    "approaching-expiration",
    issued,
    {},
    "ACM Certificate Approaching Expiration",
    {
      DaysToExpiry: 198,
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "AWS_MANAGED",
    },
  ],
  [
    "the approach of the end of an ACME client's certificate",
    "approaching-expiration",
    acme,
    {},
    "ACM Certificate Approaching Expiration",
    {
      DaysToExpiry: 198,
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "ACME",
      AcmeAccountId: "a1",
      AcmeEndpointArn: endpoint,
    },
  ],
  [
    "the end",
    "expired",
    issued,
    {},
    "ACM Certificate Expired",
    {
      CertificateType: "AMAZON_ISSUED",
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "AWS_MANAGED",
      DomainValidationMethod: "DNS",
      CertificateCreatedDate: "2026-11-22T18:43:48Z",
      CertificateExpirationDate: "2027-06-08T18:43:48Z",
      InUse: true,
      Exported: false,
    },
  ],
  [
    "the first issue",
    "available",
    issued,
    { action: "ISSUANCE" },
    "ACM Certificate Available",
    {
      Action: "ISSUANCE",
      CertificateType: "AMAZON_ISSUED",
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "AWS_MANAGED",
      DomainValidationMethod: "DNS",
      CertificateCreatedDate: "2026-11-22T18:43:48Z",
      CertificateExpirationDate: "2027-06-08T18:43:48Z",
      DaysToExpiry: 198,
      InUse: true,
      Exported: false,
    },
  ],
  [
    "an import",
    "available",
    imported,
    { action: "IMPORT" },
    "ACM Certificate Available",
    {
      Action: "IMPORT",
      CertificateType: "IMPORTED",
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "CUSTOMER_PROVIDED",
      CertificateCreatedDate: "2026-11-22T18:43:48Z",
      CertificateExpirationDate: "2027-06-08T18:43:48Z",
      DaysToExpiry: 198,
      InUse: true,
      Exported: false,
    },
  ],
  [
    "a renewal that needs somebody",
    "renewal-action-required",
    issued,
    { renewalStatusReason: "PENDING_DOMAIN_VALIDATION" },
    "ACM Certificate Renewal Action Required",
    {
      CertificateType: "AMAZON_ISSUED",
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "AWS_MANAGED",
      DomainValidationMethod: "DNS",
      RenewalStatusReason: "PENDING_DOMAIN_VALIDATION",
      DaysToExpiry: 198,
      CertificateExpirationDate: "2027-06-08T18:43:48Z",
      InUse: true,
      Exported: false,
    },
  ],
  [
    "a revocation",
    "revoked",
    { ...issued, exportOption: "ENABLED" },
    {},
    "ACM Certificate Revoked",
    {
      CertificateType: "AMAZON_ISSUED",
      CommonName: "example.com",
      FirstSubjectAlternativeName: "example.com",
      ValidityInDays: 198,
      CertificateKeyPairOrigin: "AWS_MANAGED",
      CertificateExpirationDate: "2027-06-08T18:43:48Z",
      Exportable: true,
    },
  ],
];

describe("the event of", () => {
  test.for(EVENTS)("%s", ([, kind, certificate, circumstances, detailType, detail]) => {
    const event = certificateEvent(kind, certificate, now, circumstances);
    expect(event).toEqual({ source: "aws.acm", detailType, detail });
    expect(Object.keys(event?.detail ?? {})).toEqual(Object.keys(detail));
  });

  test.for(["expired", "renewal-action-required", "revoked"] as const)(
    "%s is not told of what was imported",
    (kind) => {
      expect(certificateEvent(kind, imported, now)).toBeUndefined();
    },
  );

  test("a request that failed is our own, and does without an end", () => {
    const pending = { ...issued, notBefore: null, notAfter: null };
    expect(certificateEvent("issuance-failed", pending, now, { failure: "CAA_ERROR" })).toEqual({
      source: "sealkeeper",
      detailType: "Sealkeeper Certificate Issuance Failed",
      detail: {
        CertificateType: "AMAZON_ISSUED",
        CommonName: "example.com",
        FirstSubjectAlternativeName: "example.com",
        CertificateKeyPairOrigin: "AWS_MANAGED",
        DomainValidationMethod: "DNS",
        CertificateCreatedDate: "2026-11-22T18:43:48Z",
        FailureReason: "CAA_ERROR",
      },
    });
  });
});

test("the day in which a certificate ends is the last, not one less", () => {
  const end = issued.notAfter!;
  expect(daysToExpiry(end, new Date(end - 45 * DAY))).toBe(45);
  expect(daysToExpiry(end, new Date(end - 45 * DAY - 1))).toBe(46);
  expect(daysToExpiry(end, new Date(end - 1))).toBe(1);
});
