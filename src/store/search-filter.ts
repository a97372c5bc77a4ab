import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Criterion, Search, TextMatch, TimeRange } from "#domain/certificate/search.ts";
import { hasUsage } from "./certificate-list.ts";
import type { Tables } from "./tables.ts";

/** A row of `certificates` in a condition. */
export type CertificateRow = ExpressionBuilder<Tables, "certificates">;

/**
 * Whether a certificate is what is searched for: true or false, never null, so that `not` means not. No index fits
 * these conditions, on purpose: in which order certificates are gone through is certificate-search.ts' to say.
 */
export function matches(row: CertificateRow, search: Search): Expression<SqlBool> {
  switch (search.kind) {
    case "and":
      return row.and(search.of.map((one) => matches(row, one)));
    case "or":
      return row.or(search.of.map((one) => matches(row, one)));
    case "not":
      return row.not(matches(row, search.of));
    default:
      return holds(row, search);
  }
}

/** How many texts are looked for within others: what a search costs for each certificate. */
export function textsSought(search: Search): number {
  switch (search.kind) {
    case "and":
    case "or":
      return search.of.reduce((sum, one) => sum + textsSought(one), 0);
    case "not":
      return textsSought(search.of);
    case "common-name":
    case "dns-name":
      return 1;
    default:
      return 0;
  }
}

/** Whether somebody uses the certificate. */
export function isInUse(row: CertificateRow): RawBuilder<SqlBool> {
  const uses = row
    .selectFrom("certificateAssociations")
    .select("certificateAssociations.resourceArn")
    .whereRef("certificateAssociations.certificateArn", "=", "certificates.arn");
  return sql`exists ${uses}`;
}

function holds(row: CertificateRow, criterion: Criterion): Expression<SqlBool> {
  switch (criterion.kind) {
    case "arn":
      return row("arn", "=", criterion.arn);
    case "serial":
      return row.exists(
        row
          .selectFrom("certificateVersions")
          .select("certificateVersions.serial")
          .whereRef("certificateVersions.certificateArn", "=", "certificates.arn")
          .whereRef("certificateVersions.generation", "=", "certificates.generation")
          .where("certificateVersions.serial", "=", criterion.serial),
      );
    case "common-name":
      return commonNameMatches(row, criterion.match);
    case "dns-name":
      return someNameMatches(row, criterion.match);
    case "key-usage":
      return hasUsage(row, "keyUsages", criterion.usage);
    case "extended-key-usage":
      return hasUsage(row, "extendedKeyUsages", criterion.usage);
    case "not-before":
      return isWithin(row, "notBefore", criterion.range);
    case "not-after":
      return isWithin(row, "notAfter", criterion.range);
    case "in-use":
      return criterion.is ? isInUse(row) : row.not(isInUse(row));
    case "exported":
      return row("exportedAt", criterion.is ? "is not" : "is", null);
    case "attribute":
      return sql<SqlBool>`coalesce(${row.ref(criterion.name)}, '') = ${criterion.value}`;
  }
}

function commonNameMatches(row: CertificateRow, { operator, value }: TextMatch): Expression<SqlBool> {
  const commonName = sql<string>`coalesce(${row.ref("commonName")}, '')`;
  const wanted = value.toLowerCase();
  return operator === "EQUALS" ? sql<SqlBool>`${commonName} = ${wanted}` : contains(commonName, wanted);
}

/** The names are a JSON list: an element stands between quotes, and nothing that is looked for may reach across them. */
function someNameMatches(row: CertificateRow, { operator, value }: TextMatch): Expression<SqlBool> {
  if (/["\\[\],]/.test(value)) return sql<SqlBool>`1 = 0`;
  const wanted = value.toLowerCase();
  return contains(sql<string>`lower(${row.ref("names")})`, operator === "EQUALS" ? `"${wanted}"` : wanted);
}

/**
 * Whether a text holds another, which is not empty. Not by `like`: that begins anew at every character, and a name of
 * many equal ones would keep a database busy for minutes.
 */
function contains(text: RawBuilder<string>, wanted: string): Expression<SqlBool> {
  return sql<SqlBool>`replace(${text}, ${wanted}, '') <> ${text}`;
}

function isWithin(
  row: CertificateRow,
  column: "notBefore" | "notAfter",
  { start, end }: TimeRange,
): Expression<SqlBool> {
  const time = sql`coalesce(${row.ref(column)}, ${sql.lit(NEVER)})`;
  const [first, last] = [start?.getTime() ?? NEVER + 1, end?.getTime() ?? Number.MAX_SAFE_INTEGER];
  return sql<SqlBool>`(${time} >= ${first} and ${time} <= ${last})`;
}

/** Before any time that a certificate could name. */
const NEVER = Number.MIN_SAFE_INTEGER;
