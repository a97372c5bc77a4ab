import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { type GetDeps, getCertificate } from "#lifecycle/get.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_GetCertificate.html */
export const GetCertificate: Operation<typeof sdk, "GetCertificate", GetDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  const { certificate, chain } = await getCertificate(CertificateArn, caller, deps);
  return { Certificate: certificate, CertificateChain: chain };
};
