import { untagAuthority } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_UntagCertificateAuthority.html */
export const UntagCertificateAuthority: AcmPcaOperation<"UntagCertificateAuthority"> = (
  { CertificateAuthorityArn, Tags },
  caller,
  deps,
) => untagAuthority(CertificateAuthorityArn, readTags(Tags), caller, deps);
