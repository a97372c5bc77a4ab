/** Why a certificate is not given, changed or attached. */
export type CertificateRefusal =
  | "certificate-arn-invalid"
  | "certificate-in-use"
  | "certificate-not-found"
  | "certificate-not-issued-yet"
  | "certificate-unusable"
  | "certificate-unsupported"
  | "certificate-wrong-account"
  | "certificate-wrong-region"
  | "domain-name-invalid"
  | "domain-validation-options-invalid"
  | "import-invalid"
  | "page-token-invalid"
  | "parameters-exclude-each-other"
  | "quota-exceeded"
  | "state-forbids"
  | "tag-invalid"
  | "too-many-tags";
