import { later } from "#lib/duration.ts";
import { ATTEMPT } from "./proving.ts";

/** What became of the question to the readers of a domain's mail. SUPERSEDED: it was asked again in another way. */
export type ApprovalState = "OPEN" | "APPROVED" | "REFUSED" | "SUPERSEDED";

/** What somebody decides who opens the link of an approval letter. */
export type Decision = "approve" | "refuse";

/** How a question stands for whoever opens its link now. */
export type ApprovalStanding = "open" | "approved" | "refused" | "superseded" | "expired" | "over";

/** `wanted`: names that it is about still wait for it. */
export function approvalStanding(
  { state, expiresAt, wanted }: { readonly state: ApprovalState; readonly expiresAt: Date; readonly wanted: boolean },
  now: Date,
): ApprovalStanding {
  if (state !== "OPEN") return STANDING[state];
  if (now >= expiresAt) return "expired";
  return wanted ? "open" : "over";
}

/** One attempt at proving the domains of a certificate: the first issue, or one of those at a renewal. */
export interface Attempt {
  readonly startedAt: Date;
  readonly endsAt: Date;
}

/** A renewal that goes on beyond the certificate's end has nothing left to renew. */
export function attemptFrom(startedAt: Date, notAfter?: Date): Attempt {
  const end = later(startedAt, ATTEMPT);
  return { startedAt, endsAt: notAfter && notAfter < end ? notAfter : end };
}

const STANDING = { APPROVED: "approved", REFUSED: "refused", SUPERSEDED: "superseded" } as const;
