import type { CertificateStatus } from "./status.ts";

/** Where a certificate comes from. PRIVATE ones are a private CA's. */
export type CertificateType = "AMAZON_ISSUED" | "IMPORTED" | "PRIVATE";

/** Who signs it: the CA within, a public CA that is reached by ACME, or an account's private CA. */
export type Authority = "built-in" | "upstream" | "private-ca";

/** Where its key was made: here, by whoever imported it, or by an ACME client that keeps it. */
export type KeyPairOrigin = "AWS_MANAGED" | "CUSTOMER_PROVIDED" | "ACME";

/** How control of its domains is proved. */
export type ValidationMethod = "DNS" | "EMAIL" | "HTTP";

/** How far the proof of one domain has come. */
export type DomainStatus = "PENDING_VALIDATION" | "SUCCESS" | "FAILED";

/** Why a request or a renewal failed, in ACM's words; see FailureReason in its API reference. */
export type FailureReason =
  | "ADDITIONAL_VERIFICATION_REQUIRED"
  | "CAA_ERROR"
  | "DOMAIN_NOT_ALLOWED"
  | "DOMAIN_VALIDATION_DENIED"
  | "INVALID_PUBLIC_DOMAIN"
  | "NO_AVAILABLE_CONTACTS"
  | "OTHER"
  | "PCA_ACCESS_DENIED"
  | "PCA_INVALID_ARGS"
  | "PCA_INVALID_ARN"
  | "PCA_INVALID_DURATION"
  | "PCA_INVALID_STATE"
  | "PCA_LIMIT_EXCEEDED"
  | "PCA_NAME_CONSTRAINTS_VALIDATION"
  | "PCA_REQUEST_FAILED"
  | "PCA_RESOURCE_NOT_FOUND"
  | "SLR_NOT_FOUND";

/** Whether managed renewal would renew it: derived from what it is and who uses it, never stored. */
export function isEligibleForRenewal(certificate: {
  readonly keyPairOrigin: KeyPairOrigin;
  readonly status: CertificateStatus;
  readonly inUse: boolean;
  readonly exported: boolean;
}): boolean {
  const { keyPairOrigin, status, inUse, exported } = certificate;
  return keyPairOrigin === "AWS_MANAGED" && status === "ISSUED" && (inUse || exported);
}
