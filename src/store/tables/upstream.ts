import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { AccountId } from "#domain/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

/**
 * An order's way at a public CA: `new` (nothing is at the CA yet) → `ordered` → `challenged` (the answers to its
 * challenges are published) → `ready` → `finalizing` (the CSR is kept, and may be at the CA) → `finalized`; or `failed`,
 * from any but the last.
 */
export type UpstreamOrderState = "new" | "ordered" | "challenged" | "ready" | "finalizing" | "finalized" | "failed";

/** How a public CA looks for an answer of ours to find out whether we control a name (RFC 8555 section 8). */
export type ChallengeType = "dns-01" | "http-01";

export interface UpstreamTables {
  /** Who we are at a public CA: each account here is one there, too, so that none profits from what another proved. */
  upstreamAccounts: {
    directory: Fixed<string>;
    owner: Fixed<AccountId>;
    /** PKCS#8 under the root of custody, purpose `acme-account:<directory>:<owner>`. */
    sealedKey: Fixed<Uint8Array>;
    /** Null until the CA knows the key. */
    url: string | null;
    /** JSON list: what the CA was told. */
    contacts: string;
    /** How DNS records name the CA, as its directory says; null until it was asked. */
    issuerName: string | null;
    madeAt: Fixed<EpochMillis>;
  };
  /** What is asked of public CAs. At most one order of a certificate and generation is not failed. */
  upstreamOrders: {
    id: Fixed<string>;
    certificateArn: Fixed<string>;
    generation: Fixed<number>;
    /** The CA's name in the configuration. */
    ca: Fixed<string>;
    /** How many orders of this certificate and generation went to this CA, this one counted. */
    attempt: Fixed<number>;
    state: UpstreamOrderState;
    /** Before this time there is nothing to do. */
    dueAt: EpochMillis;
    /** Tries that failed, one after the other. */
    tries: number;
    orderUrl: string | null;
    finalizeUrl: string | null;
    expiresAt: EpochMillis | null;
    /** When the CA was told that the challenges are answered. */
    respondedAt: EpochMillis | null;
    /** DER; from `finalizing` on. */
    csr: Uint8Array | null;
    /** When somebody took it upon themselves to finalize: nobody else does so for a while. */
    finalizingAt: EpochMillis | null;
    /** ARI (RFC 9773): the certificate that this one takes the place of. */
    replaces: string | null;
    /** Why the last try came to nothing, in words. */
    problem: string | null;
    /** Of a failed order: the CA will never issue this, in ACM's words. */
    refusal: FailureReason | null;
    /** Of a failed order: when this CA may be asked again. */
    retryAt: EpochMillis | null;
    /** PEM of the leaf; null, with what follows, until it is finalized. */
    certificate: string | null;
    chain: string | null;
    notAfter: EpochMillis | null;
    /** ARI: the window that the CA suggests, the time that was chosen in it, and why. */
    windowStart: EpochMillis | null;
    windowEnd: EpochMillis | null;
    renewAt: EpochMillis | null;
    explanationUrl: string | null;
    madeAt: Fixed<EpochMillis>;
    /** When the state was reached. */
    reachedAt: EpochMillis;
    changedAt: EpochMillis;
  };
  /** What we answer to the challenges of orders that are under way, to whoever asks. */
  challengeAnswers: {
    orderId: Fixed<string>;
    type: Fixed<ChallengeType>;
    /** dns-01: where the TXT record stands, lower case without the last dot. http-01: the token. */
    name: Fixed<string>;
    value: Fixed<string>;
  };
  /** Certificates that a public CA is to revoke, also after they were deleted here. */
  upstreamRevocations: {
    id: Fixed<string>;
    ca: Fixed<string>;
    certificateArn: Fixed<string>;
    /** DER. */
    certificate: Fixed<Uint8Array>;
    /** CRLReason (RFC 5280 section 5.3.1). */
    reason: Fixed<number>;
    requestedAt: Fixed<EpochMillis>;
    /** Null until the CA has done it. */
    revokedAt: EpochMillis | null;
  };
}
