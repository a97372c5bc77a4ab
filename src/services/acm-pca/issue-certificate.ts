import { issueCertificate } from "#ca/private/issue.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_IssueCertificate.html */
export const IssueCertificate: AcmPcaOperation<"IssueCertificate"> = async (input, caller, deps) => {
  const request = {
    authorityArn: input.CertificateAuthorityArn,
    csr: input.Csr,
    signature: input.SigningAlgorithm,
    templateArn: input.TemplateArn,
    validity: input.Validity,
    validityNotBefore: input.ValidityNotBefore,
    passthrough: input.ApiPassthrough ?? {},
    idempotencyToken: input.IdempotencyToken,
  };
  return { CertificateArn: await issueCertificate(request, caller, deps) };
};
