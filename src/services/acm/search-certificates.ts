import type * as sdk from "@aws-sdk/client-acm";
import type { InputOf, Operation } from "#aws/service.ts";
import { type SearchDeps, type SearchRequest, type SearchResult, search } from "#lifecycle/search.ts";
import { readSearch } from "./read-search.ts";
import { shownSerial, shownTime } from "./wire.ts";
import { shownDistinguishedName, shownGeneralName } from "./x509-names.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_SearchCertificates.html */
export const SearchCertificates: Operation<typeof sdk, "SearchCertificates", SearchDeps> = async (
  input,
  caller,
  deps,
) => {
  const { certificates, nextToken } = await search(readRequest(input), caller, deps);
  return { Results: certificates.map(result), NextToken: nextToken };
};

/** What AWS sorts by when it is not told is not known: here the latest come first. */
function readRequest(input: InputOf<typeof sdk, "SearchCertificates">): SearchRequest {
  const { FilterStatement, SortBy = "CREATED_AT", SortOrder, MaxResults = PAGE, NextToken } = input;
  return {
    search: readSearch(FilterStatement as sdk.CertificateFilterStatement | undefined),
    sortBy: SortBy,
    order: (SortOrder ?? (input.SortBy === undefined ? "DESCENDING" : "ASCENDING")) === "ASCENDING" ? "asc" : "desc",
    limit: MaxResults,
    pageToken: NextToken,
  };
}

function result(certificate: SearchResult): sdk.CertificateSearchResult {
  return {
    CertificateArn: certificate.arn,
    X509Attributes: x509Attributes(certificate),
    CertificateMetadata: { AcmCertificateMetadata: metadata(certificate) },
  };
}

/** Before the first issue: what is known of the certificate that shall be. */
function x509Attributes(certificate: SearchResult): sdk.X509Attributes {
  const { certificateNames: names, version } = certificate;
  return {
    Issuer: names && shownDistinguishedName(names.issuer),
    Subject: names ? shownDistinguishedName(names.subject) : { CommonName: certificate.domainName },
    SubjectAlternativeNames: names
      ? names.alternativeNames.map(shownGeneralName)
      : certificate.names.map((DnsName) => ({ DnsName })),
    ExtendedKeyUsages: [...certificate.extendedKeyUsages] as sdk.ExtendedKeyUsageName[],
    KeyAlgorithm: certificate.keyAlgorithm, // with an underscore, unlike everywhere else
    KeyUsages: [...certificate.keyUsages] as sdk.KeyUsageName[],
    SerialNumber: version && shownSerial(version.serial),
    NotAfter: shownTime(certificate.notAfter),
    NotBefore: shownTime(certificate.notBefore),
  };
}

function metadata(certificate: SearchResult): sdk.AcmCertificateMetadata {
  const { type, renewal, exportedAt } = certificate;
  return {
    CreatedAt: shownTime(certificate.createdAt),
    Exported: type === "IMPORTED" ? undefined : exportedAt !== null,
    ImportedAt: shownTime(certificate.importedAt),
    InUse: certificate.inUse,
    IssuedAt: shownTime(certificate.issuedAt),
    RenewalEligibility: certificate.eligibleForRenewal ? "ELIGIBLE" : "INELIGIBLE",
    RevokedAt: shownTime(certificate.revokedAt),
    Status: certificate.status,
    RenewalStatus: renewal === "NONE" ? undefined : renewal,
    Type: type,
    ExportOption: certificate.exportOption,
    ManagedBy: certificate.managedBy ?? undefined,
    ValidationMethod: certificate.validationMethod ?? undefined,
    CertificateKeyPairOrigin: certificate.keyPairOrigin,
    AcmeEndpointArn: certificate.acmeEndpointArn ?? undefined,
    AcmeAccountId: certificate.acmeAccountId ?? undefined,
  };
}

const PAGE = 100;
