import type { AccountId, Region } from "#domain/names.ts";
import type { CaStatus, CaType, UsageMode } from "#domain/private-ca/status.ts";
import type { CaKeyAlgorithm, SignatureName } from "#lib/x509-signatures.ts";
import type { EpochMillis, Fixed } from "./types.ts";

/** What was asked of a private CA: `prepared` (written down) → `signing` → `signed`; or `abandoned` by whoever died in between. */
export type IssuedState = "prepared" | "signing" | "signed" | "abandoned";

export interface PrivateCaTables {
  /** The private CAs of all accounts, each with its key. */
  privateCas: {
    /** The UUID of its ARN. */
    id: Fixed<string>;
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    createdAt: Fixed<EpochMillis>;
    changedAt: EpochMillis;
    /** Hash over owner, idempotency token and parameters; unique, and null once the token's five minutes are over. */
    requestKey: string | null;
    type: Fixed<CaType>;
    status: CaStatus;
    /** What it was before it was deleted; null unless DELETED. */
    deletedFrom: CaStatus | null;
    restorableUntil: EpochMillis | null;
    failureReason: string | null;
    keyAlgorithm: Fixed<CaKeyAlgorithm>;
    signingAlgorithm: Fixed<SignatureName>;
    usageMode: Fixed<UsageMode>;
    keyStorage: Fixed<string>;
    /** JSON, as it was asked for: a DistinguishedName. */
    subject: Fixed<string>;
    /** JSON: CsrExtensions; null where none were asked for. */
    csrExtensions: Fixed<string | null>;
    /** JSON: a RevocationConfiguration. */
    revocation: string;
    /** PKCS #8 under the root of custody, purpose `private-ca:<id>`; null until it is made. */
    sealedKey: Uint8Array | null;
    /** DER; null until the key is made. */
    csr: Uint8Array | null;
    /** DER; null, with all that follows, until it is installed. */
    certificate: Uint8Array | null;
    /** PEM of the certificates above, the root last; null for a root. */
    chain: string | null;
    /** Lower-case hexadecimal. */
    serial: string | null;
    notBefore: EpochMillis | null;
    notAfter: EpochMillis | null;
    /** JSON, as it was put. */
    policy: string | null;
  };
  /** The accounts that a CA's policy names. */
  privateCaShares: {
    account: Fixed<string>;
    caId: Fixed<string>;
  };
  /** Whom OCSP asks for: `<hash> <hash of name> <hash of key>`, for each hash that we know. */
  privateCaHashes: {
    hashes: Fixed<string>;
    caId: Fixed<string>;
  };
  /** What was asked of a private CA, written down before it is signed. */
  privateCaCertificates: {
    caId: Fixed<string>;
    /** Lower-case hexadecimal. */
    serial: Fixed<string>;
    /** What its ARN ends in: the serial number that was given out first. */
    arnId: Fixed<string>;
    state: IssuedState;
    /** The serial number that took the place of an abandoned one; null where none did. */
    replacedBy: string | null;
    requestKey: string | null;
    /** The certificate of ACM that it is a version of; null for what IssueCertificate was asked for. */
    certificateArn: Fixed<string | null>;
    generation: Fixed<number | null>;
    signature: Fixed<SignatureName>;
    /** The linted TBSCertificate; null once it stands in `certificate`. */
    tbs: Uint8Array | null;
    certificate: Uint8Array | null;
    /** The template's name, with its version. */
    template: Fixed<string>;
    /** As audit reports show it. */
    subject: Fixed<string>;
    /** The service that asked on its user's behalf; null where the user did. */
    requestedBy: Fixed<string | null>;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
    preparedAt: Fixed<EpochMillis>;
    signingAt: EpochMillis | null;
    signedAt: EpochMillis | null;
    revokedAt: EpochMillis | null;
    /** CRLReason (RFC 5280 section 5.3.1). */
    reason: number | null;
  };
  /** The current CRL of a CA (`part` is empty), or of one part of what it issued. Stale when `covers` is behind `revision`. */
  privateCaCrls: {
    caId: Fixed<string>;
    part: Fixed<string>;
    revision: number;
    covers: number;
    /** CRLNumber, strictly increasing; 0 before the first. */
    number: number;
    crl: Uint8Array | null;
    thisUpdate: EpochMillis | null;
    nextUpdate: EpochMillis | null;
  };
  /** Who answers OCSP for a private CA; the highest number is in use. */
  privateCaResponders: {
    issuerId: Fixed<string>;
    number: Fixed<number>;
    serial: Fixed<string>;
    certificate: Fixed<Uint8Array>;
    /** PKCS #8 under the root of custody, purpose `ca:<ca id>/ocsp/<number>`. */
    sealedKey: Fixed<Uint8Array>;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
  };
  /** What ACM may do with a CA by itself. */
  privateCaPermissions: {
    caId: Fixed<string>;
    principal: Fixed<string>;
    sourceAccount: Fixed<string>;
    /** JSON list. */
    actions: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
  };
  privateCaTags: {
    caId: Fixed<string>;
    tagKey: Fixed<string>;
    tagValue: string | null;
    /** The order in which they were given. */
    position: number;
  };
  privateCaReports: {
    id: Fixed<string>;
    caId: Fixed<string>;
    bucket: Fixed<string>;
    key: Fixed<string>;
    format: Fixed<"JSON" | "CSV">;
    status: "CREATING" | "SUCCESS" | "FAILED";
    createdAt: Fixed<EpochMillis>;
  };
}
