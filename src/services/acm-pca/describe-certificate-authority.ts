import { describeAuthority } from "#ca/private/describe.ts";
import type { AcmPcaOperation } from "./api.ts";
import { shownAuthority } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_DescribeCertificateAuthority.html */
export const DescribeCertificateAuthority: AcmPcaOperation<"DescribeCertificateAuthority"> = async (
  { CertificateAuthorityArn },
  caller,
  deps,
) => ({ CertificateAuthority: shownAuthority(await describeAuthority(CertificateAuthorityArn, caller, deps)) });
