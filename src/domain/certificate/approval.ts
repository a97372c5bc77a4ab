import { later } from "#lib/duration.ts";
import { ATTEMPT } from "./proving.ts";

/** What became of the question to the readers of a domain's mail. SUPERSEDED: it was asked again in another way. */
export type ApprovalState = "OPEN" | "APPROVED" | "REFUSED" | "SUPERSEDED";

/** What somebody decides who opens the link of an approval letter. */
export type Decision = "approve" | "refuse";

/** How a question stands for whoever opens its link now. */
export type ApprovalStanding = "open" | "approved" | "refused" | "superseded" | "expired" | "over";

/** `wanted`: names that it is about still wait for the answer. */
export function approvalStanding(
  { state, expiresAt, wanted }: { readonly state: ApprovalState; readonly expiresAt: Date; readonly wanted: boolean },
  now: Date,
): ApprovalStanding {
  if (state !== "OPEN") return STANDINGS[state];
  if (now >= expiresAt) return "expired";
  return wanted ? "open" : "over";
}

/** One attempt at proving the domains of a certificate: the first issue, or one of those at a renewal. */
export interface Attempt {
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** Links in its letters are good until then: a certificate that has ended has nothing left to renew. */
  readonly linksUntil: Date;
}

/** `notAfter`: the end of the certificate that is to be renewed. */
export function attemptFrom(startedAt: Date, notAfter: Date | undefined): Attempt {
  const endsAt = later(startedAt, ATTEMPT);
  return { startedAt, endsAt, linksUntil: notAfter && notAfter < endsAt ? notAfter : endsAt };
}

/**
 * The question that counts for a name, of all that were asked at one generation of its certificate: an open one of this
 * attempt, else an answer. What was approved or refused in an earlier attempt at the same renewal is not asked again.
 */
export function standingApproval<
  A extends { readonly state: ApprovalState; readonly attemptAt: number; readonly names: readonly string[] },
>(approvals: readonly A[], name: string, attempt: Attempt): A | undefined {
  const about = approvals.filter(({ names }) => names.includes(name));
  const isOpen = ({ state, attemptAt }: A): boolean => state === "OPEN" && attemptAt === attempt.startedAt.getTime();
  return (
    about.find(isOpen) ??
    about.findLast(({ state }) => state === "APPROVED") ??
    about.findLast(({ state }) => state === "REFUSED")
  );
}

const STANDINGS = { APPROVED: "approved", REFUSED: "refused", SUPERSEDED: "superseded" } as const;
