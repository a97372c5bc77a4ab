import type { CertificateStatus } from "#domain/certificate/status.ts";

/** Which certificates a campaign is against: those for which everything holds that is said. */
export interface Selection {
  readonly issuer?: WantedIssuer | undefined;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly key?: string | undefined;
  /** As ACM names them: `RSA_2048`, `EC_prime256v1`. */
  readonly keyAlgorithms?: readonly string[] | undefined;
  /** For example `SHA256WITHRSA`, in any case. */
  readonly signatureAlgorithms?: readonly string[] | undefined;
  /** Milliseconds since 1970; from is included, to is not. */
  readonly issued?: Span | undefined;
  readonly expires?: Span | undefined;
  /** ISSUED unless said. */
  readonly statuses?: readonly CertificateStatus[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
}

export interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Who signed: issuers of the CA within, by their ids; a private CA; or anybody of this name, as ACM prints it, or common name. */
export type WantedIssuer =
  | { readonly kind: "built-in"; readonly ids: readonly string[] }
  | { readonly kind: "private-ca"; readonly arn: string }
  | { readonly kind: "named"; readonly name: string };

/** Who signed a version. */
export interface SignedBy {
  /** Of the CA within. */
  readonly issuerId: string | null;
  readonly certificateAuthorityArn: string | null;
  /** By which names it may be asked for; none where nobody asked. */
  readonly issuerNames: readonly string[];
}

/** A version of a certificate, as it is selected by. */
export interface Selectable extends SignedBy {
  readonly account: string;
  readonly region: string;
  readonly status: CertificateStatus;
  readonly keyAlgorithm: string;
  readonly signatureAlgorithm: string | null;
  readonly keyFingerprint: string | undefined;
  readonly issuedAt: number | null;
  readonly notAfter: number | null;
}

/** Whether a campaign is against this version. */
export function isSelected(selection: Selection, version: Selectable): boolean {
  const { issuer, key, keyAlgorithms, signatureAlgorithms, issued, expires, statuses = STANDARD } = selection;
  const { accounts, regions } = selection;
  return (
    statuses.includes(version.status) &&
    (issuer === undefined || isSignedBy(issuer, version)) &&
    (key === undefined || key === version.keyFingerprint) &&
    (keyAlgorithms === undefined || keyAlgorithms.includes(version.keyAlgorithm)) &&
    (signatureAlgorithms === undefined || includesWord(signatureAlgorithms, version.signatureAlgorithm)) &&
    isWithin(issued, version.issuedAt) &&
    isWithin(expires, version.notAfter) &&
    (accounts === undefined || accounts.includes(version.account)) &&
    (regions === undefined || regions.includes(version.region))
  );
}

export function isSignedBy(issuer: WantedIssuer, version: SignedBy): boolean {
  switch (issuer.kind) {
    case "built-in":
      return version.issuerId !== null && issuer.ids.includes(version.issuerId);
    case "private-ca":
      return version.certificateAuthorityArn === issuer.arn;
    case "named":
      return includesWord(version.issuerNames, issuer.name);
  }
}

function isWithin(span: Span | undefined, time: number | null): boolean {
  if (span === undefined) return true;
  return time !== null && time >= (span.from ?? 0) && time < (span.to ?? Number.POSITIVE_INFINITY);
}

function includesWord(words: readonly string[], word: string | null): boolean {
  return word !== null && words.some((one) => one.toUpperCase() === word.toUpperCase());
}

const STANDARD: readonly CertificateStatus[] = ["ISSUED"];
