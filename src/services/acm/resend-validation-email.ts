import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { resendValidationEmail } from "#lifecycle/approval/resend-validation-email.ts";
import type { EmailDeps } from "#lifecycle/proof/prove-email.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ResendValidationEmail.html */
export const ResendValidationEmail: Operation<typeof sdk, "ResendValidationEmail", EmailDeps> = async (
  { CertificateArn, Domain, ValidationDomain },
  caller,
  deps,
) => {
  const request = { certificateArn: CertificateArn, domain: Domain, validationDomain: ValidationDomain };
  await resendValidationEmail(request, caller, deps);
};
