import { readAuthorityCertificate } from "#ca/private/describe.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_GetCertificateAuthorityCertificate.html */
export const GetCertificateAuthorityCertificate: AcmPcaOperation<"GetCertificateAuthorityCertificate"> = async (
  { CertificateAuthorityArn },
  caller,
  deps,
) => {
  const { certificate, chain } = await readAuthorityCertificate(CertificateAuthorityArn, caller, deps);
  return { Certificate: certificate.trimEnd(), CertificateChain: chain?.trimEnd() };
};
