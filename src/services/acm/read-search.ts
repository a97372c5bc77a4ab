import type * as sdk from "@aws-sdk/client-acm";
import { AwsError } from "#aws/service.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { Attribute, Criterion, Search, TextMatch, TimeRange } from "#domain/certificate/search.ts";

/**
 * Reads the filter language of SearchCertificates; without a statement every certificate matches. Throws
 * ValidationException for one that is larger than anybody writes.
 */
export function readSearch(statement: sdk.CertificateFilterStatement | undefined): Search {
  if (statement === undefined) return { kind: "and", of: [] };
  if (!isBounded(statement)) {
    throw invalid(
      `FilterStatement holds more than ${MOST_FILTERS} filters, or statements that are nested more than ${MOST_NESTED} deep.`,
    );
  }
  return readStatement(statement);
}

function readStatement(statement: sdk.CertificateFilterStatement): Search {
  if (statement.And) return { kind: "and", of: statement.And.map(readStatement) };
  if (statement.Or) return { kind: "or", of: statement.Or.map(readStatement) };
  if (statement.Not) return { kind: "not", of: readStatement(statement.Not) };
  if (statement.Filter) return readFilter(statement.Filter);
  throw none("FilterStatement");
}

function readFilter({
  CertificateArn,
  X509AttributeFilter,
  AcmCertificateMetadataFilter,
}: sdk.CertificateFilter): Criterion {
  if (CertificateArn !== undefined) return { kind: "arn", arn: CertificateArn as CertificateArn };
  if (X509AttributeFilter) return readX509(X509AttributeFilter);
  if (AcmCertificateMetadataFilter) return readMetadata(AcmCertificateMetadataFilter);
  throw none("Filter");
}

function readX509(filter: sdk.X509AttributeFilter): Criterion {
  const { Subject, SubjectAlternativeName, ExtendedKeyUsage, KeyUsage, KeyAlgorithm, SerialNumber } = filter;
  if (Subject?.CommonName) return { kind: "common-name", match: readMatch(Subject.CommonName) };
  if (SubjectAlternativeName?.DnsName) return { kind: "dns-name", match: readMatch(SubjectAlternativeName.DnsName) };
  if (ExtendedKeyUsage !== undefined) return { kind: "extended-key-usage", usage: ExtendedKeyUsage };
  if (KeyUsage !== undefined) return { kind: "key-usage", usage: KeyUsage };
  if (KeyAlgorithm !== undefined) return { kind: "attribute", name: "keyAlgorithm", value: KeyAlgorithm };
  if (SerialNumber !== undefined) return { kind: "serial", serial: SerialNumber.replaceAll(":", "") };
  if (filter.NotAfter) return { kind: "not-after", range: readRange("NotAfter", filter.NotAfter) };
  if (filter.NotBefore) return { kind: "not-before", range: readRange("NotBefore", filter.NotBefore) };
  throw none("X509AttributeFilter");
}

function readMetadata(filter: sdk.AcmCertificateMetadataFilter): Criterion {
  if (filter.InUse !== undefined) return { kind: "in-use", is: filter.InUse };
  if (filter.Exported !== undefined) return { kind: "exported", is: filter.Exported };
  const found = ATTRIBUTES.flatMap((read) => read(filter) ?? []);
  if (found[0]) return found[0];
  throw none("AcmCertificateMetadataFilter");
}

type ReadAttribute = (filter: sdk.AcmCertificateMetadataFilter) => Attribute | undefined;

const ATTRIBUTES: readonly ReadAttribute[] = [
  ({ Status: value }) => (value === undefined ? undefined : { kind: "attribute", name: "status", value }),
  ({ RenewalStatus: value }) => (value === undefined ? undefined : { kind: "attribute", name: "renewal", value }),
  ({ Type: value }) => (value === undefined ? undefined : { kind: "attribute", name: "type", value }),
  ({ ExportOption: value }) => (value === undefined ? undefined : { kind: "attribute", name: "exportOption", value }),
  ({ ManagedBy: value }) => (value === undefined ? undefined : { kind: "attribute", name: "managedBy", value }),
  ({ ValidationMethod: value }) =>
    value === undefined ? undefined : { kind: "attribute", name: "validationMethod", value },
  ({ CertificateKeyPairOrigin: value }) =>
    value === undefined ? undefined : { kind: "attribute", name: "keyPairOrigin", value },
  ({ AcmeEndpointArn: value }) =>
    value === undefined ? undefined : { kind: "attribute", name: "acmeEndpointArn", value },
  ({ AcmeAccountId: value }) =>
    value === undefined ? undefined : { kind: "attribute", name: "acmeAccountId", value: value },
];

function readMatch({ Value, ComparisonOperator }: sdk.CommonNameFilter | sdk.DnsNameFilter): TextMatch {
  return { operator: ComparisonOperator ?? "EQUALS", value: Value ?? "" };
}

/** A range without ends asks for nothing, and one whose end lies before its start for what cannot be. */
function readRange(member: "NotAfter" | "NotBefore", { Start, End }: sdk.TimestampRange): TimeRange {
  if (Start === undefined && End === undefined) throw invalid(`${member} needs a Start, an End, or both.`);
  if (Start && End && Start > End) throw invalid(`${member} ends before it starts.`);
  return { start: Start, end: End };
}

/** Looks no deeper than it must. */
function isBounded(statement: sdk.CertificateFilterStatement): boolean {
  let filters = 0;
  const look = (one: sdk.CertificateFilterStatement, depth: number): boolean => {
    if (depth > MOST_NESTED) return false;
    const inside = one.And ?? one.Or ?? (one.Not ? [one.Not] : undefined);
    return inside ? inside.every((below) => look(below, depth + 1)) : ++filters <= MOST_FILTERS;
  };
  return look(statement, 1);
}

function none(union: string): AwsError {
  return invalid(`Exactly one member of ${union} must be given.`);
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

const MOST_FILTERS = 100;
const MOST_NESTED = 10;
