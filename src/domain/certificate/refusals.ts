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

/** Why one of ACM's own operations does nothing; nobody who attaches certificates meets these. */
export type CertificateOperationRefusal =
  | "certificate-busy"
  | "certificate-ineligible"
  | "configuration-token-used"
  | "option-fixed"
  | "search-token-invalid";
