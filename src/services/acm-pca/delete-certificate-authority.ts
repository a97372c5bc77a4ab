import { deleteAuthority } from "#ca/private/change.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_DeleteCertificateAuthority.html */
export const DeleteCertificateAuthority: AcmPcaOperation<"DeleteCertificateAuthority"> = (input, caller, deps) =>
  deleteAuthority(input.CertificateAuthorityArn, input.PermanentDeletionTimeInDays ?? STANDARD_DAYS, caller, deps);

const STANDARD_DAYS = 30;
