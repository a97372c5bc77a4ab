import { approvalStanding } from "#domain/certificate/approval.ts";
import { enqueueBy } from "#jobs/queue.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { ADVANCE } from "#lifecycle/advance-job.ts";
import { approvalLetter } from "#mail/approval-letter.ts";
import { type Author, type OutboxDeps, sendLetter } from "#mail/outbox.ts";
import type { Outgoing } from "#mail/postman.ts";
import { findApproval } from "#store/approvals.ts";
import { readCertificateState } from "#store/certificates.ts";
import { changeValidation } from "#store/domain-validations.ts";
import type { Letter, Outcome } from "#store/letters.ts";
import type { Tx } from "#store/store.ts";
import { approvalRequest } from "./answer-approval.ts";
import { openApprovalToken } from "./approval-token.ts";
import { type AskDeps, waitingProofs } from "./ask-for-approval.ts";

export interface LetterDeps extends OutboxDeps, AskDeps {
  /** Where the approval page is: an origin, without a slash at its end. */
  readonly approvalOrigin: string;
}

/** The path below which the pages of approval letters are. */
export const APPROVALS_PATH = "/approvals";

/** The job "mail.send" for approval letters: see mail/outbox.ts. */
export function sendApprovalLetter(id: string, deps: LetterDeps): Promise<Date | undefined> {
  const author: Author = {
    write: (letter) => write(letter, deps),
    settled: (tx, letter, outcome) => settled(tx, letter, outcome, deps),
  };
  return sendLetter(id, author, deps);
}

/** Undefined when nobody waits for the answer any more. */
async function write(
  letter: Letter & { readonly sealedToken: Uint8Array },
  deps: LetterDeps,
): Promise<Outgoing | undefined> {
  const approval = await findApproval(deps.store, letter.approvalId);
  const certificate = approval && (await readCertificateState(deps.store, approval.certificateArn));
  if (!approval || !certificate) return undefined;
  const { state, expiresAt } = approval;
  const wanted = (await waitingProofs(deps.store, approval)).length > 0;
  const standing = approvalStanding({ state, expiresAt: new Date(expiresAt), wanted }, deps.clock.now());
  if (standing !== "open") return undefined;
  const token = openApprovalToken(letter.id, letter.sealedToken, deps);
  const link = `${deps.approvalOrigin}${APPROVALS_PATH}/${token}`;
  const request = approvalRequest(approval, certificate, letter.recipient);
  return { id: letter.id, to: letter.recipient, date: new Date(letter.queuedAt), ...approvalLetter(request, link) };
}

/**
 * What came of a letter is told with the proofs that wait for it, unless it is told already. The five of a set leave
 * together: what came of all of them is looked at once.
 */
async function settled(tx: Tx, letter: Letter, { state, answer }: Outcome, { clock }: LetterDeps): Promise<void> {
  if (state === "QUEUED" && answer === letter.answer) return;
  const approval = await findApproval(tx, letter.approvalId);
  if (!approval) return;
  const soon = later(clock.now(), A_SET);
  const proofs = await waitingProofs(tx, approval);
  for (const proof of proofs) {
    await changeValidation(tx, approval.certificateArn, proof, "PENDING_VALIDATION", { checkAt: soon.getTime() });
  }
  if (proofs.length > 0) await enqueueBy(tx, { task: ADVANCE, subject: approval.certificateArn }, soon);
}

const A_SET: Millis = SECOND;
