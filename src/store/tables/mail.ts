import type { CertificateArn } from "#domain/arn.ts";
import type { ApprovalState } from "#domain/certificate/approval.ts";
import type { DomainName } from "#domain/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface MailTables {
  /**
   * One question to those who read a domain's mail: may these names have this certificate? Asked anew by each attempt;
   * at most one is open for a validation domain.
   */
  approvals: {
    id: Fixed<string>;
    certificateArn: Fixed<CertificateArn>;
    purpose: Fixed<"ISSUE" | "RENEWAL">;
    /** The certificate's generation when it was asked: attempts at one renewal share it. */
    generation: Fixed<number>;
    /** When the attempt began that it belongs to. */
    attemptAt: Fixed<EpochMillis>;
    validationDomain: Fixed<DomainName>;
    /** JSON list of the names it is about, in the order of the request. */
    names: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
    /** The links in its letters are good until then. */
    expiresAt: Fixed<EpochMillis>;
    state: ApprovalState;
    decidedAt: EpochMillis | null;
    /** The address whose letter the link was in. */
    decidedBy: string | null;
    /** JSON: how it was found out that the domain takes mail. */
    lookups: Fixed<string>;
  };
  /** The outbox, and what came of each letter. */
  letters: {
    id: Fixed<string>;
    approvalId: Fixed<string>;
    recipient: Fixed<string>;
    queuedAt: Fixed<EpochMillis>;
    /** It is not tried any longer than this. */
    giveUpAt: Fixed<EpochMillis>;
    /** Keyed hash of the token in its link, hexadecimal. */
    tokenHash: Fixed<string>;
    /** The token, sealed by the root of custody, until the letter has left; then it is nowhere but in the letter. */
    sealedToken: Uint8Array | null;
    state: "QUEUED" | "SENT" | "BOUNCED" | "WITHDRAWN";
    tries: number;
    /** The mail server that was given it last, and what it answered when. */
    server: string | null;
    answer: string | null;
    answeredAt: EpochMillis | null;
  };
}
