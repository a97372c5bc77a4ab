/** Why a private CA does not do what is asked of it. */
export type PrivateCaRefusal =
  | "private-ca-access-denied"
  | "private-ca-args-invalid"
  | "private-ca-arn-invalid"
  | "private-ca-certificate-malformed"
  | "private-ca-certificate-mismatch"
  | "private-ca-csr-malformed"
  | "private-ca-done-already"
  | "private-ca-in-progress"
  | "private-ca-input-invalid"
  | "private-ca-names-forbidden"
  | "private-ca-not-found"
  | "private-ca-page-token-invalid"
  | "private-ca-permission-exists"
  | "private-ca-policy-invalid"
  | "private-ca-request-forbidden"
  | "private-ca-state-forbids"
  | "private-ca-validity-invalid";
