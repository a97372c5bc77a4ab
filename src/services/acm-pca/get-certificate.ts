import { readIssuedCertificate } from "#ca/private/get-certificate.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_GetCertificate.html */
export const GetCertificate: AcmPcaOperation<"GetCertificate"> = async (
  { CertificateAuthorityArn, CertificateArn },
  caller,
  deps,
) => {
  const issued = await readIssuedCertificate(CertificateAuthorityArn, CertificateArn, caller, deps);
  return { Certificate: issued.certificate.trimEnd(), CertificateChain: issued.chain?.trimEnd() };
};
