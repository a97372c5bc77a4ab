import { tagAuthority } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_TagCertificateAuthority.html */
export const TagCertificateAuthority: AcmPcaOperation<"TagCertificateAuthority"> = (
  { CertificateAuthorityArn, Tags },
  caller,
  deps,
) => tagAuthority(CertificateAuthorityArn, readTags(Tags), caller, deps);
