import { updateAuthority } from "#ca/private/change.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_UpdateCertificateAuthority.html */
export const UpdateCertificateAuthority: AcmPcaOperation<"UpdateCertificateAuthority"> = async (
  input,
  caller,
  deps,
) => {
  const change = { status: input.Status, revocation: input.RevocationConfiguration };
  await updateAuthority(input.CertificateAuthorityArn, change, caller, deps);
};
