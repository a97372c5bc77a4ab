import type { Owner } from "#domain/names.ts";
import type { TrustStoreArn } from "./arns.ts";

/** Whose clients' certificates are believed: CA certificates, and lists of what these revoked. */
export interface TrustStore extends Owner {
  readonly arn: TrustStoreArn;
  readonly name: string;
  /** Counts changes of its contents, from 1. */
  readonly version: number;
  readonly certificates: number;
  readonly revokedEntries: number;
}

/** A list of revoked certificates in a trust store. */
export interface TrustStoreRevocation {
  /** Counts up from 1 in each trust store, and is never given twice. */
  readonly id: number;
  readonly entries: number;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html (2026-09) */
export const TRUST_STORE_LIMITS = {
  certificates: 25,
  /** Of one CA certificate. */
  certificateBytes: 16_384,
  revocationLists: 30,
  revokedEntries: 500_000,
  /** Of a file with revocation lists or CA certificates; AWS takes 50 MB of the former. */
  fileBytes: 33_554_432,
  /** Of all lists of a trust store together, in DER: a trust store reaches edges as one message. */
  revocationBytes: 25_165_824,
} as const;
