import { createAuthority } from "#ca/private/create.ts";
import type { AcmPcaOperation } from "./api.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_CreateCertificateAuthority.html */
export const CreateCertificateAuthority: AcmPcaOperation<"CreateCertificateAuthority"> = async (
  input,
  caller,
  deps,
) => {
  const { KeyAlgorithm, SigningAlgorithm, Subject, CsrExtensions } = input.CertificateAuthorityConfiguration;
  const request = {
    type: input.CertificateAuthorityType,
    keyAlgorithm: KeyAlgorithm,
    signingAlgorithm: SigningAlgorithm,
    subject: Subject,
    csrExtensions: CsrExtensions,
    revocation: input.RevocationConfiguration ?? {},
    usageMode: input.UsageMode ?? "GENERAL_PURPOSE",
    keyStorage: input.KeyStorageSecurityStandard ?? "FIPS_140_2_LEVEL_3_OR_HIGHER",
    tags: readTags(input.Tags ?? []),
    idempotencyToken: input.IdempotencyToken,
  };
  return { CertificateAuthorityArn: await createAuthority(request, caller, deps) };
};
