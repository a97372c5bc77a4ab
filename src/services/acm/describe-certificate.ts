import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { KEY_ALGORITHMS } from "#domain/certificate/key-algorithms.ts";
import { type CertificateDescription, type DescribeDeps, describeCertificate } from "#lifecycle/describe.ts";
import { shownKeyAlgorithm, shownSerial, shownTime } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html */
export const DescribeCertificate: Operation<typeof sdk, "DescribeCertificate", DescribeDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  return { Certificate: detail(await describeCertificate(CertificateArn, caller, deps)) };
};

function detail(certificate: CertificateDescription): sdk.CertificateDetail {
  const { type, keyAlgorithm, serial, failureReason, revocationReason, managedBy } = certificate;
  return {
    CertificateArn: certificate.arn,
    DomainName: certificate.domainName,
    SubjectAlternativeNames: [...certificate.names],
    DomainValidationOptions:
      type === "IMPORTED"
        ? certificate.names.map((DomainName) => ({ DomainName }))
        : certificate.validations.map(domainValidation),
    Serial: serial === null ? undefined : shownSerial(serial),
    // Before the issue, what they are going to be.
    Subject: certificate.subject ?? `CN=${certificate.domainName}`,
    Issuer: certificate.issuer ?? OUR_NAME,
    SignatureAlgorithm: certificate.signatureAlgorithm ?? KEY_ALGORITHMS[keyAlgorithm].signedWith,
    CreatedAt: shownTime(certificate.createdAt),
    IssuedAt: shownTime(certificate.issuedAt),
    ImportedAt: shownTime(certificate.importedAt),
    Status: certificate.status,
    RevokedAt: shownTime(certificate.revokedAt),
    RevocationReason: (revocationReason ?? undefined) as sdk.RevocationReason | undefined,
    NotBefore: shownTime(certificate.notBefore),
    NotAfter: shownTime(certificate.notAfter),
    KeyAlgorithm: shownKeyAlgorithm(keyAlgorithm),
    InUseBy: [...certificate.inUseBy],
    FailureReason: failureReason ?? undefined,
    Type: type,
    RenewalSummary: renewalSummary(certificate),
    KeyUsages: certificate.keyUsages.map((name) => ({ Name: name as sdk.KeyUsageName })),
    ExtendedKeyUsages: certificate.extendedKeyUsages.map(({ name, oid }) => ({
      Name: name as sdk.ExtendedKeyUsageName,
      OID: oid,
    })),
    RenewalEligibility: certificate.eligibleForRenewal ? "ELIGIBLE" : "INELIGIBLE",
    Options: {
      // Public certificates are always logged since June 2026, whatever was asked.
      CertificateTransparencyLoggingPreference: type === "IMPORTED" ? "DISABLED" : "ENABLED",
      Export: certificate.exportOption,
    },
    ManagedBy: managedBy ?? undefined,
    CertificateKeyPairOrigin: certificate.keyPairOrigin,
  };
}

function renewalSummary(certificate: CertificateDescription): sdk.RenewalSummary | undefined {
  const { renewal, renewalReason, renewalUpdatedAt, renewalValidations } = certificate;
  if (renewal === "NONE") return undefined;
  return {
    RenewalStatus: renewal,
    DomainValidationOptions: renewalValidations.map(domainValidation),
    RenewalStatusReason: renewalReason ?? undefined,
    UpdatedAt: shownTime(renewalUpdatedAt),
  };
}

function domainValidation(proof: Proof): sdk.DomainValidation {
  return {
    DomainName: proof.domainName,
    ValidationDomain: proof.validationDomain,
    ValidationStatus: proof.status,
    ValidationMethod: proof.method,
    ...howProven(proof),
  };
}

function howProven({ method, recordName, recordValue }: Proof): Partial<sdk.DomainValidation> {
  switch (method) {
    case "DNS":
      return { ResourceRecord: { Name: `${recordName}.`, Type: "CNAME", Value: `${recordValue}.` } };
    case "HTTP":
      return { HttpRedirect: { RedirectFrom: recordName ?? undefined, RedirectTo: recordValue ?? undefined } };
    case "EMAIL":
      return {};
  }
}

type Proof = CertificateDescription["validations"][number];

/** The organization of our CA, as AWS shows "Amazon". */
const OUR_NAME = "Sealkeeper";
