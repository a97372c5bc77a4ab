import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { KEY_ALGORITHMS } from "#domain/certificate/key-algorithms.ts";
import { validationEmails } from "#domain/certificate/validation-emails.ts";
import { type CertificateDescription, type DescribeDeps, describeCertificate } from "#lifecycle/describe.ts";
import { shownTransparencyLogging } from "#lifecycle/update-options.ts";
import { shownKeyAlgorithm, shownRecord, shownSerial, shownTime } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html */
export const DescribeCertificate: Operation<typeof sdk, "DescribeCertificate", DescribeDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  return { Certificate: detail(await describeCertificate(CertificateArn, caller, deps)) };
};

function detail(certificate: CertificateDescription): sdk.CertificateDetail {
  const { type, authority, keyAlgorithm, serial, failureReason, revocationReason, managedBy } = certificate;
  // What our own CA is going to write before it has; what another will is not known.
  const foreseen = authority === "built-in" ? KEY_ALGORITHMS[keyAlgorithm].signedWith : undefined;
  return {
    CertificateArn: certificate.arn,
    DomainName: certificate.domainName,
    SubjectAlternativeNames: [...certificate.names],
    DomainValidationOptions: validationOptions(certificate),
    Serial: serial === null ? undefined : shownSerial(serial),
    Subject: certificate.subject ?? `CN=${certificate.domainName}`,
    Issuer: certificate.issuer ?? (foreseen && OUR_NAME),
    SignatureAlgorithm: certificate.signatureAlgorithm ?? foreseen,
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
      CertificateTransparencyLoggingPreference: shownTransparencyLogging(type),
      Export: certificate.exportOption,
      ValidationMethod: certificate.validationMethod ?? undefined,
    },
    UpdateSummary: updateSummary(certificate),
    CertificateAuthorityArn: certificate.certificateAuthorityArn ?? undefined,
    ManagedBy: managedBy ?? undefined,
    CertificateKeyPairOrigin: certificate.keyPairOrigin,
    AcmeEndpointArn: certificate.acmeEndpointArn ?? undefined,
    AcmeAccountId: certificate.acmeAccountId ?? undefined,
  };
}

/** Nothing is proved of what was imported or is a private CA's; an ACME client's names were proven at its endpoint. */
function validationOptions(certificate: CertificateDescription): sdk.DomainValidation[] | undefined {
  const { type, keyPairOrigin, names, validations } = certificate;
  if (type === "IMPORTED") return names.map((DomainName) => ({ DomainName }));
  if (keyPairOrigin === "ACME") return names.map((name) => ({ DomainName: name, ValidationDomain: name, ...PROVEN }));
  return validations.length === 0 ? undefined : validations.map(domainValidation);
}

const PROVEN = { ValidationStatus: "SUCCESS", ValidationMethod: "DNS" } as const;

/** The only change of method there is: from e-mail to DNS. */
function updateSummary(certificate: CertificateDescription): sdk.UpdateSummary | undefined {
  const { migration, migrationStartedAt, migrationUpdatedAt } = certificate;
  if (migration === null) return undefined;
  return {
    Type: "DOMAIN_VALIDATION_METHOD",
    Status: migration,
    DomainValidationMethodUpdateSummary: { From: "EMAIL", To: "DNS" },
    RequestedAt: shownTime(migrationStartedAt),
    UpdatedAt: shownTime(migrationUpdatedAt),
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

function howProven({ method, recordName, recordValue, validationDomain }: Proof): Partial<sdk.DomainValidation> {
  switch (method) {
    case "DNS":
      return { ResourceRecord: shownRecord(recordName, recordValue) };
    case "HTTP":
      return { HttpRedirect: { RedirectFrom: recordName ?? undefined, RedirectTo: recordValue ?? undefined } };
    case "EMAIL":
      return { ValidationEmails: [...validationEmails(validationDomain)] };
  }
}

type Proof = CertificateDescription["validations"][number];

/** The organization of our CA, as AWS shows "Amazon". */
const OUR_NAME = "Sealkeeper";
