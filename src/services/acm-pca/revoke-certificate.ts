import { revokeCertificate } from "#ca/private/revoke.ts";
import type { RevocationReason as Reason } from "#ca/revocation.ts";
import type { AcmPcaOperation, RevocationReason } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_RevokeCertificate.html */
export const RevokeCertificate: AcmPcaOperation<"RevokeCertificate"> = async (
  { CertificateAuthorityArn, CertificateSerial, RevocationReason },
  caller,
  deps,
) => {
  const reason = REASONS[RevocationReason];
  await revokeCertificate({ authorityArn: CertificateAuthorityArn, serial: CertificateSerial, reason }, caller, deps);
};

const REASONS: Readonly<Record<RevocationReason, Reason>> = {
  UNSPECIFIED: "unspecified",
  KEY_COMPROMISE: "keyCompromise",
  CERTIFICATE_AUTHORITY_COMPROMISE: "cACompromise",
  AFFILIATION_CHANGED: "affiliationChanged",
  SUPERSEDED: "superseded",
  CESSATION_OF_OPERATION: "cessationOfOperation",
  PRIVILEGE_WITHDRAWN: "privilegeWithdrawn",
  A_A_COMPROMISE: "aACompromise",
};
