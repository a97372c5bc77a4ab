import { restoreAuthority } from "#ca/private/change.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_RestoreCertificateAuthority.html */
export const RestoreCertificateAuthority: AcmPcaOperation<"RestoreCertificateAuthority"> = (
  { CertificateAuthorityArn },
  caller,
  deps,
) => restoreAuthority(CertificateAuthorityArn, caller, deps);
