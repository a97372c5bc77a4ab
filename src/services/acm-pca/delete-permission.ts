import { deletePermission } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_DeletePermission.html */
export const DeletePermission: AcmPcaOperation<"DeletePermission"> = async (
  { CertificateAuthorityArn, Principal, SourceAccount },
  caller,
  deps,
) => {
  const request = { authorityArn: CertificateAuthorityArn, principal: Principal, sourceAccount: SourceAccount };
  await deletePermission(request, caller, deps);
};
