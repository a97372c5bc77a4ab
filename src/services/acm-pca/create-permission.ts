import { createPermission } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreatePermission.html */
export const CreatePermission: AcmPcaOperation<"CreatePermission"> = async (input, caller, deps) => {
  const { CertificateAuthorityArn, Principal, SourceAccount, Actions } = input;
  const request = {
    authorityArn: CertificateAuthorityArn,
    principal: Principal,
    sourceAccount: SourceAccount,
    actions: Actions,
  };
  await createPermission(request, caller, deps);
};
