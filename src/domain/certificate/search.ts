import type { CertificateArn } from "#domain/arn.ts";
import type { CertificateType, KeyPairOrigin, ValidationMethod } from "./certificate.ts";
import type { KeyAlgorithm } from "./key-algorithms.ts";
import type { RenewalStatus } from "./renewal.ts";
import type { CertificateStatus } from "./status.ts";

/** Which certificates are searched for: one criterion, or several put together. An empty `and` holds for all. */
export type Search =
  | { readonly kind: "and"; readonly of: readonly Search[] }
  | { readonly kind: "or"; readonly of: readonly Search[] }
  | { readonly kind: "not"; readonly of: Search }
  | Criterion;

/** One thing that a certificate is, or has. */
export type Criterion =
  | { readonly kind: "arn"; readonly arn: CertificateArn }
  | { readonly kind: "common-name" | "dns-name"; readonly match: TextMatch }
  /** Lower-case hexadecimal without colons. */
  | { readonly kind: "serial"; readonly serial: string }
  | { readonly kind: "key-usage" | "extended-key-usage"; readonly usage: string }
  | { readonly kind: "not-before" | "not-after"; readonly range: TimeRange }
  | { readonly kind: "in-use" | "exported"; readonly is: boolean }
  | Attribute;

/** A column that has exactly this value. */
export type Attribute =
  | { readonly kind: "attribute"; readonly name: "keyAlgorithm"; readonly value: KeyAlgorithm }
  | { readonly kind: "attribute"; readonly name: "status"; readonly value: CertificateStatus }
  | { readonly kind: "attribute"; readonly name: "renewal"; readonly value: Exclude<RenewalStatus, "NONE"> }
  | { readonly kind: "attribute"; readonly name: "type"; readonly value: CertificateType }
  | { readonly kind: "attribute"; readonly name: "exportOption"; readonly value: "ENABLED" | "DISABLED" }
  | { readonly kind: "attribute"; readonly name: "managedBy"; readonly value: "CLOUDFRONT" }
  | { readonly kind: "attribute"; readonly name: "validationMethod"; readonly value: ValidationMethod }
  | { readonly kind: "attribute"; readonly name: "keyPairOrigin"; readonly value: KeyPairOrigin }
  | { readonly kind: "attribute"; readonly name: "acmeEndpointArn" | "acmeAccountId"; readonly value: string };

/** Upper and lower case are the same, as in the DNS. */
export interface TextMatch {
  readonly operator: "CONTAINS" | "EQUALS";
  readonly value: string;
}

/** Both ends belong to it; one that is missing is open. */
export interface TimeRange {
  readonly start: Date | undefined;
  readonly end: Date | undefined;
}

/** What results can be sorted by. Certificates that do not have it come first in ascending order. */
export type SortKey =
  | "ACME_ACCOUNT_ID"
  | "ACME_ENDPOINT_ARN"
  | "CERTIFICATE_ARN"
  | "CERTIFICATE_KEY_PAIR_ORIGIN"
  | "COMMON_NAME"
  | "CREATED_AT"
  | "EXPORTED"
  | "EXPORT_OPTION"
  | "IMPORTED_AT"
  | "IN_USE"
  | "ISSUED_AT"
  | "KEY_ALGORITHM"
  | "MANAGED_BY"
  | "NOT_AFTER"
  | "NOT_BEFORE"
  | "RENEWAL_ELIGIBILITY"
  | "RENEWAL_STATUS"
  | "REVOKED_AT"
  | "STATUS"
  | "TYPE"
  | "VALIDATION_METHOD";
