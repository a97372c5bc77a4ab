import { listPermissions } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readPage } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_ListPermissions.html */
export const ListPermissions: AcmPcaOperation<"ListPermissions"> = async (input, caller, deps) => {
  const { CertificateAuthorityArn } = input;
  const { page, nextToken } = await listPermissions(CertificateAuthorityArn, readPage(input), caller, deps);
  const permissions = page.map(({ principal, sourceAccount, actions, createdAt }) => ({
    CertificateAuthorityArn,
    CreatedAt: createdAt,
    Principal: principal,
    SourceAccount: sourceAccount,
    Actions: actions,
  }));
  return { Permissions: permissions, NextToken: nextToken };
};
