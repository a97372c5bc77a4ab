import type { EdgeAction } from "#domain/edge-config.ts";

type JwtAction = Extract<EdgeAction, { type: "jwt-validation" }>;
export type AdditionalClaim = JwtAction["additionalClaims"][number];

/** Why a token is not taken, as the access log says it. */
export type JwtReason =
  | "JWTHeaderNotPresent"
  | "JWTRequestFormatInvalid"
  | "JWTSignatureValidationError"
  | "JWTClaimNotPresent"
  | "JWTClaimFormatInvalid"
  | "JWTClaimValueInvalid"
  | "JWKSRequestFailed"
  | "JWKSRequestTimeout"
  | "JWKSResponseInvalid"
  | "JWKSResponseSizeExceeded";

/**
 * What is wrong with a claim; undefined when nothing is. A single string must be the value; a list, or a text with spaces,
 * must name all values that are configured.
 */
export function wrongClaim(claim: unknown, { format, values }: AdditionalClaim): JwtReason | undefined {
  if (claim === undefined) return "JWTClaimNotPresent";
  const found = wordsOf(claim, format);
  if (!found) return "JWTClaimFormatInvalid";
  return values.every((value) => found.includes(value)) ? undefined : "JWTClaimValueInvalid";
}

function wordsOf(claim: unknown, format: AdditionalClaim["format"]): readonly unknown[] | undefined {
  switch (format) {
    case "single-string":
      return typeof claim === "string" ? [claim] : undefined;
    case "space-separated-values":
      return typeof claim === "string" ? claim.split(" ") : undefined;
    case "string-array":
      return Array.isArray(claim) && claim.every((one) => typeof one === "string") ? claim : undefined;
  }
}
