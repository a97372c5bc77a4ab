import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import type { SortKey } from "#domain/certificate/search.ts";
import { type CertificateRow, isInUse } from "./search-filter.ts";
import type { Tables } from "./tables.ts";

/** What certificates are sorted by: null comes first, then numbers and texts as they are, texts bytewise; equals by ARN. */
export type SortValue = string | number | null;

/** The columns that have an index in their order. */
export type SortColumn = keyof Tables["certificates"] & (typeof INDEXED)[number];

/**
 * How certificates are gone through in an order. `column`: as its index has them. `values`: once for each value there
 * is, in the order of the ARNs; these are few.
 */
export type SortOrder =
  | { readonly kind: "column"; readonly column: SortColumn }
  | {
      readonly kind: "values";
      readonly value: (row: CertificateRow) => Expression<SortValue>;
      /** Ascending. */
      readonly values: readonly SortValue[];
    };

/** The value that a certificate is sorted by. */
export function sortValue(row: CertificateRow, order: SortOrder): RawBuilder<SortValue> {
  return sql`${order.kind === "column" ? row.ref(order.column) : order.value(row)}`;
}

const INDEXED = [
  "createdAt",
  "commonName",
  "notBefore",
  "notAfter",
  "issuedAt",
  "importedAt",
  "revokedAt",
  "acmeEndpointArn",
  "acmeAccountId",
] as const;

const by = (column: SortColumn): SortOrder => ({ kind: "column", column });

const among = (column: keyof Tables["certificates"], ...values: readonly SortValue[]): SortOrder => ({
  kind: "values",
  value: (row) => row.ref(column),
  values,
});

const whether = (holds: (row: CertificateRow) => Expression<SqlBool>): SortOrder => ({
  kind: "values",
  value: (row) => sql<number>`case when ${holds(row)} then 1 else 0 end`,
  values: [0, 1],
});

/** Every sort key of SearchCertificates. */
export const SORT_ORDERS: Readonly<Record<SortKey, SortOrder>> = {
  ACME_ACCOUNT_ID: by("acmeAccountId"),
  ACME_ENDPOINT_ARN: by("acmeEndpointArn"),
  CERTIFICATE_ARN: { kind: "values", value: () => sql<number>`0`, values: [0] },
  CERTIFICATE_KEY_PAIR_ORIGIN: among("keyPairOrigin", "ACME", "AWS_MANAGED", "CUSTOMER_PROVIDED"),
  COMMON_NAME: by("commonName"),
  CREATED_AT: by("createdAt"),
  EXPORTED: whether((row) => row("exportedAt", "is not", null)),
  EXPORT_OPTION: among("exportOption", "DISABLED", "ENABLED"),
  IMPORTED_AT: by("importedAt"),
  IN_USE: whether(isInUse),
  ISSUED_AT: by("issuedAt"),
  KEY_ALGORITHM: among(
    "keyAlgorithm",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
  ),
  MANAGED_BY: among("managedBy", null, "CLOUDFRONT"),
  NOT_AFTER: by("notAfter"),
  NOT_BEFORE: by("notBefore"),
  RENEWAL_ELIGIBILITY: {
    kind: "values",
    // As isEligibleForRenewal in domain/certificate/certificate.ts.
    value: (row) => {
      const wanted = row.or([row("exportedAt", "is not", null), isInUse(row)]);
      const renewable = row.and([row("keyPairOrigin", "=", "AWS_MANAGED"), row("status", "=", "ISSUED"), wanted]);
      return sql<string>`case when ${renewable} then 'ELIGIBLE' else 'INELIGIBLE' end`;
    },
    values: ["ELIGIBLE", "INELIGIBLE"],
  },
  RENEWAL_STATUS: {
    kind: "values",
    value: () => sql<string | null>`nullif(renewal, 'NONE')`,
    values: [null, "FAILED", "PENDING_AUTO_RENEWAL", "PENDING_VALIDATION", "SUCCESS"],
  },
  REVOKED_AT: by("revokedAt"),
  STATUS: among(
    "status",
    "EXPIRED",
    "FAILED",
    "INACTIVE",
    "ISSUED",
    "PENDING_VALIDATION",
    "REVOKED",
    "VALIDATION_TIMED_OUT",
  ),
  TYPE: among("type", "AMAZON_ISSUED", "IMPORTED", "PRIVATE"),
  VALIDATION_METHOD: among("validationMethod", null, "DNS", "EMAIL", "HTTP"),
};
