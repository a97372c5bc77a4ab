import { type CertificateArn, parseArn } from "#domain/arn.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { CertificateState } from "#store/certificates.ts";

/** Reads the ARN of a certificate. Throws `certificate-arn-invalid` for what names anything else. */
export function readCertificateArn(text: string): CertificateArn {
  const arn = parseArn(text);
  if (arn?.service !== "acm" || !arn.region || !arn.account || !/^certificate\/[^/]+$/.test(arn.resource)) {
    throw new Refusal("certificate-arn-invalid", `Invalid arn: ${text}`);
  }
  return text as CertificateArn;
}

/** That there is no such certificate here; it says so when the ARN itself points elsewhere. */
export function certificateNotFound(arn: CertificateArn, caller: Owner): Refusal {
  const { region, account } = parseArn(arn) ?? {};
  const where =
    account !== caller.account
      ? ` It is one of account ${account}.`
      : region !== caller.region
        ? ` It is one of region ${region}, and this request was made in ${caller.region}.`
        : "";
  return new Refusal(
    "certificate-not-found",
    `Could not find certificate ${arn} in account ${caller.account}.${where}`,
  );
}

/** That there is nothing yet of what was asked for: the certificate is not issued. */
export function requestInProgress({ arn, status }: Pick<CertificateState, "arn" | "status">): Refusal {
  return new Refusal(
    "certificate-not-issued-yet",
    `The request for certificate ${arn} is in progress: it is ${status} and not issued yet.`,
  );
}
