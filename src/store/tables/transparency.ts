import type { EpochMillis, Fixed } from "./types.ts";

export interface TransparencyTables {
  /** The log of everything that the built-in CA signs; its only row is `own`. */
  ctLogs: {
    id: Fixed<string>;
    /** PKCS #8 under the root of custody, purpose `ct:own`. */
    sealedKey: Fixed<Uint8Array>;
    /** SubjectPublicKeyInfo. */
    publicKey: Fixed<Uint8Array>;
    /** How many entries have a place. */
    size: number;
    /** How many the checkpoint covers. */
    publishedSize: number;
    publishedAt: EpochMillis;
    /** A signed note; null before the first. */
    checkpoint: string | null;
  };
  ctEntries: {
    /** From 0, without a gap. */
    position: Fixed<number>;
    leafHash: Fixed<Uint8Array>;
    /** A TileLeaf, as data tiles hold it. */
    entry: Fixed<Uint8Array>;
  };
  /** Roots over whole tiles: at level 1 over 256 leafs each, at level 2 over 256 of those, and so on. */
  ctNodes: {
    level: Fixed<number>;
    position: Fixed<number>;
    hash: Fixed<Uint8Array>;
  };
  /** Certificates in the chains of entries, by their SHA-256 in hexadecimal. */
  ctIssuers: {
    fingerprint: Fixed<string>;
    certificate: Fixed<Uint8Array>;
  };
  /** What logs of others answered for precertificates whose certificates are not signed yet. */
  ctTimestamps: {
    intentId: Fixed<string>;
    /** Hexadecimal. */
    logId: Fixed<string>;
    /** A SignedCertificateTimestamp, verified. */
    timestamp: Fixed<Uint8Array>;
  };
  /** How logs of others answered, one row for each that was ever asked. */
  ctOutsideLogs: {
    /** Hexadecimal. */
    logId: Fixed<string>;
    /** How many timestamps it gave. */
    timestamps: number;
    /** When it last gave one. */
    answeredAt: EpochMillis | null;
    failedAt: EpochMillis | null;
    /** Since the last timestamp. */
    failures: number;
    /** Why it gave none the last time that it failed. */
    problem: string | null;
    /** It asked for this by Retry-After. */
    leftAloneUntil: EpochMillis | null;
  };
}
