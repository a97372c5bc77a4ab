import type { Generated } from "kysely";
import type { KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import type { IssuerState } from "#domain/hierarchy/issuer-state.ts";
import type { IssuancePurpose } from "#domain/hierarchy/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

/**
 * An intent's way: `prepared` (linted, not signed) → `signing` → `signed`. With logs of others `logging` stands between
 * the first two: its precertificate is signed, and they are asked. Or `abandoned`, from all but the last.
 */
export type IssuanceState = "prepared" | "logging" | "signing" | "signed" | "abandoned";

/** Where a CA's key is: `here`; `leaving`, while it is being written to a file for offline keeping; `away`. */
export type KeyState = "here" | "leaving" | "away";

export interface CaTables {
  /** The CA's own certificates with their keys: in one row, so that neither exists without the other. */
  caIssuers: {
    /** For example `r2`, `rsa1`: it stands in the URLs of certificates. */
    id: Fixed<string>;
    /** Who signed `certificate`; the issuer itself for a root. */
    parentId: Fixed<string>;
    serial: Fixed<string>;
    certificate: Fixed<Uint8Array>;
    /** PKCS#8 under the root of custody, purpose `ca:<id>`; null for a root whose key is kept offline. */
    sealedKey: Uint8Array | null;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
    hierarchy: Fixed<string>;
    family: Fixed<KeyFamily>;
    state: IssuerState;
    /** From when on it is the one that is used; null for one that was made ahead. */
    activeFrom: EpochMillis | null;
    keyState: KeyState;
  };
  /** Hierarchies beside the shared one, which has no row: for whom each is. */
  caHierarchies: {
    /** Its name; the ids of its CAs begin with it. */
    id: Fixed<string>;
    /** Empty for all accounts. */
    account: Fixed<string>;
    /** Empty for all purposes. */
    purpose: Fixed<IssuancePurpose | "">;
    createdAt: Fixed<EpochMillis>;
    /** Null until it can sign for keys of every family: until then the shared one does. */
    servingFrom: EpochMillis | null;
  };
  /** A root's name and key, certified by another root of the hierarchy. */
  caCrossCertificates: {
    subjectId: Fixed<string>;
    signerId: Fixed<string>;
    serial: Fixed<string>;
    certificate: Fixed<Uint8Array>;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
  };
  /** The CRLs of roots whose keys are kept offline, as their ceremonies signed them. */
  caOfflineCrls: {
    issuerId: Fixed<string>;
    number: number;
    crl: Uint8Array;
    nextUpdate: EpochMillis;
  };
  /** Keys of intermediates that wait for their certificate: a root that is kept offline signs it. */
  caIssuerRequests: {
    /** The id that the issuer will have. */
    id: Fixed<string>;
    hierarchy: Fixed<string>;
    parentId: Fixed<string>;
    family: Fixed<KeyFamily>;
    /** The key identifier, hexadecimal. */
    keyId: Fixed<string>;
    csr: Fixed<Uint8Array>;
    /** PKCS#8 under the root of custody, purpose `ca:<id>`. */
    sealedKey: Fixed<Uint8Array>;
    madeAt: Fixed<EpochMillis>;
  };
  /** Who answers OCSP for an issuer; the highest number is in use. */
  caResponders: {
    issuerId: Fixed<string>;
    number: Fixed<number>;
    serial: Fixed<string>;
    certificate: Fixed<Uint8Array>;
    /** PKCS#8 under the root of custody, purpose `ca:<issuer id>/ocsp/<number>`. */
    sealedKey: Fixed<Uint8Array>;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
  };
  /** What we intended to sign, written down before it is signed. At most one row of an ARN and generation is not abandoned. */
  caIssuances: {
    id: Fixed<string>;
    certificateArn: Fixed<string>;
    generation: Fixed<number>;
    state: IssuanceState;
    issuerId: Fixed<string>;
    /** Lower-case hexadecimal; unique. */
    serial: Fixed<string>;
    /** The linted TBSCertificate; null once it stands in `certificate`. */
    tbs: Uint8Array | null;
    certificate: Uint8Array | null;
    /** Which part of the issuer's CRL it belongs to, from 1: its CRL distribution point names it. */
    shard: Generated<number>;
    notBefore: Fixed<EpochMillis>;
    notAfter: Fixed<EpochMillis>;
    preparedAt: Fixed<EpochMillis>;
    signingAt: EpochMillis | null;
    signedAt: EpochMillis | null;
    /** Where its precertificate stands in our own log; null where none was signed. */
    logPosition: number | null;
    /** What logs of others are given, DER; null where none are asked, and once the certificate is signed. */
    precertificate: Uint8Array | null;
  };
  /** Counts what is assigned to shards: a counter that nobody waits for, not even for a transaction that uses it. */
  caCrlPlaces: {
    place: Generated<number>;
  };
  caRevocations: {
    issuerId: Fixed<string>;
    serial: Fixed<string>;
    /** The shard of a leaf; 0 for CA certificates. */
    shard: Generated<number>;
    /** CRLReason (RFC 5280 section 5.3.1). */
    reason: Fixed<number>;
    revokedAt: Fixed<EpochMillis>;
    /** Of the certificate: afterwards it need not be listed. */
    notAfter: Fixed<EpochMillis>;
    /** The number of the first CRL of the shard that lists it; null until there is one. */
    listedIn: number | null;
  };
  /** The current CRL of each issuer and shard; shard 0 is of CA certificates. */
  caCrls: {
    issuerId: Fixed<string>;
    shard: Fixed<number>;
    /** CRLNumber, strictly increasing; 0 before the first. */
    number: number;
    crl: Uint8Array | null;
    thisUpdate: EpochMillis | null;
    nextUpdate: EpochMillis | null;
    /** When the next one is due even if nothing is revoked; null once all certificates of the shard have ended. */
    refreshAt: EpochMillis | null;
  };
}
