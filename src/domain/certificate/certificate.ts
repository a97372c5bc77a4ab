import type { CertificateStatus } from "./status.ts";

/** Where a certificate comes from. PRIVATE ones are a private CA's. */
export type CertificateType = "AMAZON_ISSUED" | "IMPORTED" | "PRIVATE";

/** How control of its domains is proved. */
export type ValidationMethod = "DNS" | "EMAIL" | "HTTP";

/** How far the proof of one domain has come. */
export type DomainStatus = "PENDING_VALIDATION" | "SUCCESS" | "FAILED";

/** Why a request or a renewal failed, in ACM's words; see FailureReason in its API reference. */
export type FailureReason =
  | "CAA_ERROR"
  | "DOMAIN_NOT_ALLOWED"
  | "DOMAIN_VALIDATION_DENIED"
  | "INVALID_PUBLIC_DOMAIN"
  | "NO_AVAILABLE_CONTACTS"
  | "OTHER";

/** Whether managed renewal would renew it: derived from what it is and who uses it, never stored. */
export function isEligibleForRenewal(certificate: {
  readonly type: CertificateType;
  readonly status: CertificateStatus;
  readonly inUse: boolean;
  readonly exported: boolean;
}): boolean {
  const { type, status, inUse, exported } = certificate;
  return type !== "IMPORTED" && status === "ISSUED" && (inUse || exported);
}
