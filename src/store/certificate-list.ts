import { type ExpressionBuilder, type RawBuilder, type Selectable, sql } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { KeyPairOrigin } from "#domain/certificate/certificate.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { DomainName, Owner } from "#domain/names.ts";
import { readUsages } from "./certificate-details.ts";
import type { Db } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";
import type { Tables } from "./tables.ts";

/** Which certificates are listed: any value of a list, but every member that is given. */
export interface CertificateFilter {
  readonly statuses?: readonly CertificateStatus[] | undefined;
  readonly keyPairOrigins?: readonly KeyPairOrigin[] | undefined;
  readonly keyAlgorithms?: readonly KeyAlgorithm[] | undefined;
  readonly keyUsages?: readonly string[] | undefined;
  readonly extendedKeyUsages?: readonly string[] | undefined;
  readonly exportOption?: "ENABLED" | "DISABLED" | undefined;
  readonly managedBy?: "CLOUDFRONT" | undefined;
}

/** A place in the order of a list. */
export interface Place {
  readonly createdAt: EpochMillis;
  readonly arn: CertificateArn;
}

export interface Paging {
  readonly order: "asc" | "desc";
  /** The last place of the page before. */
  readonly after: Place | undefined;
  readonly limit: number;
}

export interface CertificatePage {
  readonly certificates: readonly ListedCertificate[];
  /** Where the next page begins; undefined when this is the last one. */
  readonly next: Place | undefined;
}

type Row = Selectable<Tables["certificates"]>;

export interface ListedCertificate
  extends Pick<
    Row,
    | "arn"
    | "createdAt"
    | "type"
    | "keyPairOrigin"
    | "status"
    | "keyAlgorithm"
    | "domainName"
    | "exportOption"
    | "managedBy"
    | "notBefore"
    | "notAfter"
    | "issuedAt"
    | "importedAt"
    | "exportedAt"
    | "revokedAt"
  > {
  readonly names: readonly DomainName[];
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly string[];
  readonly inUse: boolean;
}

/**
 * One page of an account's certificates in a region, in the order of their creation. It looks at a bounded stretch of
 * them, so a page may be short, even empty, and yet not be the last: what a page costs does not grow with the store.
 */
export async function pageCertificates(
  db: Db,
  owner: Owner,
  filter: CertificateFilter,
  paging: Paging,
): Promise<CertificatePage> {
  const { order, limit } = paging;
  const horizon = await db
    .selectFrom("certificates")
    .select(["createdAt", "arn"])
    .where((row) => inStretch(row, owner, paging, undefined))
    .orderBy("createdAt", order)
    .orderBy("arn", order)
    .offset(STRETCH - 1)
    .limit(1)
    .executeTakeFirst();
  const rows = await db
    .selectFrom("certificates")
    .select([
      "arn",
      "createdAt",
      "type",
      "keyPairOrigin",
      "status",
      "keyAlgorithm",
      "domainName",
      "names",
      "exportOption",
      "managedBy",
    ])
    .select(["notBefore", "notAfter", "issuedAt", "importedAt", "exportedAt", "revokedAt"])
    .select(["keyUsages", "extendedKeyUsages"])
    .select((own) =>
      own
        .exists(
          own
            .selectFrom("certificateAssociations")
            .select("certificateAssociations.resourceArn")
            .whereRef("certificateAssociations.certificateArn", "=", "certificates.arn"),
        )
        .as("inUse"),
    )
    .where((row) => inStretch(row, owner, paging, horizon))
    .where((row) => passes(row, filter))
    .orderBy("createdAt", order)
    .orderBy("arn", order)
    .limit(limit + 1)
    .execute();
  const certificates = rows.slice(0, limit).map(({ names, keyUsages, extendedKeyUsages, inUse, ...row }) => ({
    ...row,
    names: JSON.parse(names) as readonly DomainName[],
    keyUsages: readUsages(keyUsages),
    extendedKeyUsages: readUsages(extendedKeyUsages),
    inUse: Boolean(inUse),
  }));
  return { certificates, next: rows.length > limit ? placeOf(certificates.at(-1)) : horizon };
}

type Where = ExpressionBuilder<Tables, "certificates">;

/** This owner's certificates behind `after`, up to `horizon`. */
function inStretch(row: Where, { account, region }: Owner, { order, after }: Paging, horizon: Place | undefined) {
  const place = row.refTuple("createdAt", "arn");
  const [behind, upTo] = order === "asc" ? ([">", "<="] as const) : (["<", ">="] as const);
  return row.and([
    row("account", "=", account),
    row("region", "=", region),
    ...(after ? [row(place, behind, row.tuple(after.createdAt, after.arn))] : []),
    ...(horizon ? [row(place, upTo, row.tuple(horizon.createdAt, horizon.arn))] : []),
  ]);
}

function passes(row: Where, filter: CertificateFilter) {
  const { statuses, keyPairOrigins, keyAlgorithms, keyUsages, extendedKeyUsages, exportOption, managedBy } = filter;
  return row.and([
    ...(statuses ? [row("status", "in", [...statuses])] : []),
    ...(keyPairOrigins ? [row("keyPairOrigin", "in", [...keyPairOrigins])] : []),
    ...(keyAlgorithms ? [row("keyAlgorithm", "in", [...keyAlgorithms])] : []),
    ...(exportOption ? [row("exportOption", "=", exportOption)] : []),
    ...(managedBy ? [row("managedBy", "=", managedBy)] : []),
    ...(keyUsages ? [row.or(keyUsages.map((usage) => hasUsage(row, "keyUsages", usage)))] : []),
    ...(extendedKeyUsages ? [row.or(extendedKeyUsages.map((usage) => hasUsage(row, "extendedKeyUsages", usage)))] : []),
  ]);
}

/** The names in these columns hold `_`, which `like` takes for any character, so it is escaped. */
export function hasUsage(row: Where, column: "keyUsages" | "extendedKeyUsages", usage: string): RawBuilder<boolean> {
  return sql<boolean>`${row.ref(column)} like ${`%,${usage.replaceAll("_", "\\_")},%`} escape '\\'`;
}

function placeOf(certificate: ListedCertificate | undefined): Place | undefined {
  return certificate && { createdAt: certificate.createdAt, arn: certificate.arn };
}

/** How many certificates one page looks at, at most. */
const STRETCH = 5_000;
