import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { readCertificate } from "#store/certificate-details.ts";
import { findCurrentVersion } from "#store/certificate-versions.ts";
import type { Store } from "#store/store.ts";
import { certificateNotFound, readCertificateArn, requestInProgress } from "./find.ts";

/** What everybody may see of a certificate in force, as PEM. */
export interface PublicCertificate {
  readonly certificate: string;
  /** What stands above the leaf; undefined when an imported certificate brought nothing. */
  readonly chain: string | undefined;
}

export interface GetDeps {
  readonly store: Store;
}

/** Throws `certificate-not-issued-yet` before the first issue, `certificate-not-found` and `certificate-arn-invalid`. */
export async function getCertificate(arnText: string, caller: Caller, { store }: GetDeps): Promise<PublicCertificate> {
  const arn = readCertificateArn(arnText);
  const certificate = await readCertificate(store, caller, arn);
  if (!certificate) throw certificateNotFound(arn, caller);
  const version = await findCurrentVersion(store, arn);
  if (version) return { certificate: version.certificate, chain: version.chain };
  throw certificate.status === "PENDING_VALIDATION"
    ? requestInProgress(certificate)
    : new Refusal("certificate-not-found", `Certificate ${arn} was never issued: it is ${certificate.status}.`);
}
