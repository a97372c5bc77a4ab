import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { type DeleteDeps, deleteCertificate } from "#lifecycle/delete.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html */
export const DeleteCertificate: Operation<typeof sdk, "DeleteCertificate", DeleteDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  await deleteCertificate(CertificateArn, caller, deps);
};
