import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { type RenewNowDeps, renewNow } from "#lifecycle/renew-now.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RenewCertificate.html */
export const RenewCertificate: Operation<typeof sdk, "RenewCertificate", RenewNowDeps> = async (
  { CertificateArn },
  caller,
  deps,
) => {
  await renewNow(CertificateArn, caller, deps);
};
