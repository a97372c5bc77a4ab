import type { RevocationReason } from "#ca/revocation.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { CertificateState } from "#store/certificates.ts";
import type { Db, Tx } from "#store/store.ts";
import type { CaaIssuer } from "#validation/caa.ts";

/** What a CA signed. */
export interface SignedCertificate {
  readonly der: Buffer;
  readonly pem: string;
  /** PEM of what a server sends after its leaf; undefined for a leaf that a root signed itself. */
  readonly chainPem: string | undefined;
}

/** One version of a certificate that is to be signed. */
export interface ToSign {
  readonly certificate: CertificateState;
  readonly generation: number;
}

/**
 * A CA as the lifecycle sees it. A process may die between any two calls, or two may make them at once: yet a version
 * is signed at most once, and what was signed is found again.
 */
export interface CertificateAuthority<Deps> {
  /** For whom CAA records are asked before it signs; without it nobody is asked. */
  caaIssuer?(certificate: CertificateState, deps: Deps): CaaIssuer;
  /** What it signed for this version; undefined when nothing was yet. */
  findSigned(db: Db, version: ToSign, deps: Deps): Promise<SignedCertificate | undefined>;
  /**
   * Writes down what it is about to sign, in the transaction that keeps the key, and answers by which id `sign` finds
   * it; where an earlier one can go on, that one. Throws CannotIssue for what it will never sign.
   */
  prepare(tx: Tx, version: ToSign, subjectPublicKeyInfo: Uint8Array, deps: Deps): Promise<string>;
  /** Signs, outside of transactions; a time when it needs longer: then all of this is done again at that time. */
  sign(id: string, version: ToSign, deps: Deps): Promise<SignedCertificate | Date>;
  /**
   * Revokes what it signed for this version, in the transaction that records it: a CA that is far away writes down what
   * is to be revoked, and promises the work. Does nothing where nothing was signed, or was revoked before.
   */
  revoke(tx: Tx, version: ToSign, reason: RevocationReason, deps: Deps): Promise<void>;
}

/** A CA will never sign this. A first issue ends with it; a renewal shows it and is tried again. */
export class CannotIssue extends Error {
  override readonly name = "CannotIssue";
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
