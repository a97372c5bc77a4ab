import { isEligibleForRenewal } from "#domain/certificate/certificate.ts";
import type { Caller } from "#domain/names.ts";
import { type CertificateDetails, readCertificate } from "#store/certificate-details.ts";
import { type DomainValidation, readValidations } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";

/** All that is known of a certificate. */
export interface CertificateDescription extends CertificateDetails {
  readonly eligibleForRenewal: boolean;
  /** The proofs for the first issue, in the order of the request; none for imported certificates. */
  readonly validations: readonly DomainValidation[];
  /** Those of the latest renewal; none before the first. */
  readonly renewalValidations: readonly DomainValidation[];
}

export interface DescribeDeps {
  readonly store: Store;
}

/** Throws `certificate-not-found` and `certificate-arn-invalid`. */
export async function describeCertificate(
  arnText: string,
  caller: Caller,
  { store }: DescribeDeps,
): Promise<CertificateDescription> {
  const arn = readCertificateArn(arnText);
  const certificate = await readCertificate(store, caller, arn);
  if (!certificate) throw certificateNotFound(arn, caller);
  const validations = await readValidations(store, arn);
  return {
    ...certificate,
    eligibleForRenewal: isEligibleForRenewal({
      ...certificate,
      inUse: certificate.inUseBy.length > 0,
      exported: certificate.exportedAt !== null,
    }),
    validations: validations.filter(({ purpose }) => purpose === "ISSUE"),
    renewalValidations: validations.filter(({ purpose }) => purpose === "RENEWAL"),
  };
}
