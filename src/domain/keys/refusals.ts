/** Why KMS does not make, use or show a key. */
export type KeyRefusal =
  | "alias-exists"
  | "alias-invalid"
  | "ciphertext-invalid"
  | "grant-invalid"
  | "grant-token-invalid"
  | "key-access-denied"
  | "key-arn-invalid"
  | "key-disabled"
  | "key-mismatch"
  | "key-not-found"
  | "key-state-forbids"
  | "key-usage-invalid"
  | "marker-invalid"
  | "tag-invalid"
  | "unsupported-operation";
