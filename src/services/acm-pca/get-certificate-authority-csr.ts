import { readAuthorityCsr } from "#ca/private/describe.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_GetCertificateAuthorityCsr.html */
export const GetCertificateAuthorityCsr: AcmPcaOperation<"GetCertificateAuthorityCsr"> = async (
  { CertificateAuthorityArn },
  caller,
  deps,
) => ({ Csr: await readAuthorityCsr(CertificateAuthorityArn, caller, deps) });
