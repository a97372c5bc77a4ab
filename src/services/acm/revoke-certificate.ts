import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { type RevokeDeps, revokeCertificate } from "#lifecycle/revoke.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RevokeCertificate.html */
export const RevokeCertificate: Operation<typeof sdk, "RevokeCertificate", RevokeDeps> = async (
  { CertificateArn, RevocationReason },
  caller,
  deps,
) => {
  return { CertificateArn: await revokeCertificate(CertificateArn, RevocationReason, caller, deps) };
};
