import { importAuthorityCertificate } from "#ca/private/import.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_ImportCertificateAuthorityCertificate.html */
export const ImportCertificateAuthorityCertificate: AcmPcaOperation<"ImportCertificateAuthorityCertificate"> = async (
  { CertificateAuthorityArn, Certificate, CertificateChain },
  caller,
  deps,
) => {
  // An empty chain is as good as none: some clients send one for a root.
  const chain = CertificateChain?.length === 0 ? undefined : CertificateChain;
  const request = { authorityArn: CertificateAuthorityArn, certificate: Certificate, chain };
  await importAuthorityCertificate(request, caller, deps);
};
