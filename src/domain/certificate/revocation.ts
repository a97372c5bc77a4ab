import type { CertificateType } from "./certificate.ts";

/** Why a certificate is revoked, in ACM's words: all that its enum has, the misspelt one included. */
export type RevocationReason =
  | "UNSPECIFIED"
  | "KEY_COMPROMISE"
  | "CA_COMPROMISE"
  | "AFFILIATION_CHANGED"
  | "SUPERCEDED"
  | "SUPERSEDED"
  | "CESSATION_OF_OPERATION"
  | "CERTIFICATE_HOLD"
  | "REMOVE_FROM_CRL"
  | "PRIVILEGE_WITHDRAWN"
  | "A_A_COMPROMISE";

/** Why, in the words of RFC 5280 section 5.3.1, as the CAs take it. */
export type CrlReason =
  | "unspecified"
  | "keyCompromise"
  | "cACompromise"
  | "affiliationChanged"
  | "superseded"
  | "cessationOfOperation"
  | "privilegeWithdrawn"
  | "aACompromise";

/**
 * What each is for a CRL. Undefined: it takes a certificate back for a while, and revocation is for good. The owner of a
 * public certificate may give the reasons that the BRs leave to subscribers (section 4.9.1.1); the others are the CA's.
 */
const REVOCATIONS: Readonly<Record<RevocationReason, Revocation>> = {
  UNSPECIFIED: { crlReason: "unspecified", subscribers: true },
  KEY_COMPROMISE: { crlReason: "keyCompromise", subscribers: true },
  CA_COMPROMISE: { crlReason: "cACompromise", subscribers: false },
  AFFILIATION_CHANGED: { crlReason: "affiliationChanged", subscribers: true },
  SUPERCEDED: { crlReason: "superseded", subscribers: true },
  SUPERSEDED: { crlReason: "superseded", subscribers: true },
  CESSATION_OF_OPERATION: { crlReason: "cessationOfOperation", subscribers: true },
  CERTIFICATE_HOLD: { crlReason: undefined, subscribers: false },
  REMOVE_FROM_CRL: { crlReason: undefined, subscribers: false },
  PRIVILEGE_WITHDRAWN: { crlReason: "privilegeWithdrawn", subscribers: false },
  A_A_COMPROMISE: { crlReason: "aACompromise", subscribers: false },
};

interface Revocation {
  readonly crlReason: CrlReason | undefined;
  readonly subscribers: boolean;
}

/** The reasons for which this kind of certificate can be revoked. */
export function revocationReasons(type: RevocableType): readonly RevocationReason[] {
  return (Object.keys(REVOCATIONS) as RevocationReason[]).filter((reason) => crlReason(reason, type) !== undefined);
}

/** The reason as the CA takes it; undefined where this kind of certificate cannot be revoked for it. */
export function crlReason(reason: RevocationReason, type: RevocableType): CrlReason | undefined {
  const { crlReason: found, subscribers } = REVOCATIONS[reason];
  return subscribers || type === "PRIVATE" ? found : undefined;
}

type RevocableType = Exclude<CertificateType, "IMPORTED">;
