import type * as sdk from "@aws-sdk/client-acm";
import { AwsError, type InputOf, type Operation } from "#aws/service.ts";
import {
  type CertificateFilter,
  type ListDeps,
  type ListedPage,
  type ListRequest,
  listCertificates,
} from "#lifecycle/list.ts";
import { shownKeyAlgorithm, shownTime } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html */
export const ListCertificates: Operation<typeof sdk, "ListCertificates", ListDeps> = async (input, caller, deps) => {
  const { certificates, nextToken } = await listCertificates(readRequest(input), caller, deps);
  return { CertificateSummaryList: certificates.map(summary), NextToken: nextToken };
};

type Input = InputOf<typeof sdk, "ListCertificates">;

function readRequest(input: Input): ListRequest {
  if ((input.SortBy === undefined) !== (input.SortOrder === undefined)) {
    throw new AwsError("InvalidArgsException", "SortBy and SortOrder can only be given together.");
  }
  return {
    filter: readFilter(input),
    order: input.SortOrder === "DESCENDING" ? "desc" : "asc",
    limit: input.MaxItems ?? MOST_ITEMS,
    pageToken: input.NextToken,
  };
}

/** Without a filter ACM hides what only some services can use: EC keys and large RSA keys, and ACME's certificates. */
function readFilter({ CertificateStatuses, CertificateKeyPairOrigins, Includes = {} }: Input): CertificateFilter {
  return {
    statuses: given(CertificateStatuses),
    keyPairOrigins: given(CertificateKeyPairOrigins) ?? ["AWS_MANAGED", "CUSTOMER_PROVIDED"],
    keyAlgorithms: given(Includes.keyTypes) ?? ["RSA_1024", "RSA_2048"],
    keyUsages: given(Includes.keyUsage),
    extendedKeyUsages: given(Includes.extendedKeyUsage),
    exportOption: Includes.exportOption,
    managedBy: Includes.managedBy,
  };
}

/** A list without elements asks for nothing. */
function given<Value>(list: readonly Value[] | undefined): readonly Value[] | undefined {
  return list?.length === 0 ? undefined : list;
}

function summary(certificate: ListedPage["certificates"][number]): sdk.CertificateSummary {
  const { names, type } = certificate;
  return {
    CertificateArn: certificate.arn,
    DomainName: certificate.domainName,
    SubjectAlternativeNameSummaries: names.slice(0, MOST_NAMES),
    HasAdditionalSubjectAlternativeNames: names.length > MOST_NAMES,
    Status: certificate.status,
    Type: type,
    KeyAlgorithm: shownKeyAlgorithm(certificate.keyAlgorithm),
    KeyUsages: certificate.keyUsages as sdk.KeyUsageName[],
    ExtendedKeyUsages: certificate.extendedKeyUsages as sdk.ExtendedKeyUsageName[],
    ExportOption: certificate.exportOption,
    InUse: certificate.inUse,
    Exported: type === "IMPORTED" ? undefined : certificate.exportedAt !== null,
    RenewalEligibility: certificate.eligibleForRenewal ? "ELIGIBLE" : "INELIGIBLE",
    NotBefore: shownTime(certificate.notBefore),
    NotAfter: shownTime(certificate.notAfter),
    CreatedAt: shownTime(certificate.createdAt),
    IssuedAt: shownTime(certificate.issuedAt),
    ImportedAt: shownTime(certificate.importedAt),
    RevokedAt: shownTime(certificate.revokedAt),
    ManagedBy: certificate.managedBy ?? undefined,
    CertificateKeyPairOrigin: certificate.keyPairOrigin,
  };
}

const MOST_ITEMS = 1000;
/** A summary names a hundred; DescribeCertificate has them all. */
const MOST_NAMES = 100;
