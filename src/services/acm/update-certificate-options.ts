import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { type UpdateOptionsDeps, updateOptions } from "#lifecycle/update-options.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateCertificateOptions.html */
export const UpdateCertificateOptions: Operation<typeof sdk, "UpdateCertificateOptions", UpdateOptionsDeps> = async (
  { CertificateArn, Options },
  caller,
  deps,
) => {
  const options = {
    transparencyLogging: Options.CertificateTransparencyLoggingPreference,
    exportOption: Options.Export,
    validationMethod: Options.ValidationMethod,
  };
  await updateOptions(CertificateArn, options, caller, deps);
};
