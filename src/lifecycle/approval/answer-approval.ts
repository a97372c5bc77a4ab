import { type ApprovalStanding, approvalStanding, type Decision } from "#domain/certificate/approval.ts";
import { renewalAfter } from "#domain/certificate/renewal.ts";
import { recordAct } from "#lifecycle/acts.ts";
import { promiseAdvance } from "#lifecycle/advance-job.ts";
import { failRequest } from "#lifecycle/end.ts";
import { refusal } from "#lifecycle/proof/prove-email.ts";
import type { ApprovalState } from "#mail/approval-page.ts";
import type { ApprovalRequest } from "#mail/approval-request.ts";
import { type Approval, decideApproval, findApproval } from "#store/approvals.ts";
import {
  type CertificateState,
  changeCertificate,
  holdCertificate,
  readCertificateState,
} from "#store/certificates.ts";
import { changeValidation, type DomainValidation } from "#store/domain-validations.ts";
import { findLetterByToken, type Letter, withdrawLetters } from "#store/letters.ts";
import type { Db, Store, Tx } from "#store/store.ts";
import { approvalTokenHash } from "./approval-token.ts";
import { type AskDeps, attemptOf, waitingProofs } from "./ask-for-approval.ts";

export interface AnswerDeps extends AskDeps {
  readonly store: Store;
}

/** What the link of a letter leads to; undefined for a token that is in no letter. Changes nothing. */
export async function readApproval(token: string, deps: AnswerDeps): Promise<ApprovalState | undefined> {
  const hash = await approvalTokenHash(deps.store, token, deps);
  const question = hash === undefined ? undefined : await findQuestion(deps.store, hash, deps);
  return question && stateOf(question);
}

/**
 * Answers the question behind the link of a letter and says how it stands then: what others were first to answer, or
 * what has expired, stays as it is. Undefined for a token that is in no letter. An approval proves the names that the
 * question named, and the certificate goes on at once; a refusal ends a request, and the renewal's hope of this attempt.
 */
export async function answerApproval(
  token: string,
  decision: Decision,
  deps: AnswerDeps,
): Promise<ApprovalState | undefined> {
  const { store, clock } = deps;
  const hash = await approvalTokenHash(store, token, deps);
  if (hash === undefined) return undefined;
  return await store.transaction().execute(async (tx) => {
    const letter = await findLetterByToken(tx, hash);
    const asked = letter && (await findApproval(tx, letter.approvalId));
    const certificate = asked && (await holdCertificate(tx, asked.certificateArn));
    // Read again: nobody else can answer now.
    const question = certificate && (await findQuestion(tx, hash, deps));
    if (!letter || !certificate || !question || question.standing !== "open") return question && stateOf(question);
    const state = decision === "approve" ? "APPROVED" : "REFUSED";
    const now = clock.now().getTime();
    const decided = await decideApproval(tx, question.approval.id, { state, decidedBy: letter.recipient }, now);
    if (!decided) throw new Error(`approval ${question.approval.id} was open and could not be decided`);
    await withdrawLetters(tx, { approvalId: question.approval.id });
    const approval = { ...question.approval, state, decidedAt: now, decidedBy: letter.recipient } as const;
    await CONSEQUENCES[decision](tx, { approval, certificate, proofs: question.proofs }, deps);
    await promiseAdvance(tx, certificate.arn, clock.now());
    return await stateAfter(tx, hash, deps);
  });
}

interface Answered {
  readonly approval: Approval;
  readonly certificate: CertificateState;
  /** Those that waited for the answer. */
  readonly proofs: readonly DomainValidation[];
}

const CONSEQUENCES: Readonly<Record<Decision, (tx: Tx, answered: Answered, deps: AnswerDeps) => Promise<void>>> = {
  async approve(tx, { approval, certificate, proofs }, deps) {
    // One after the other in the order in which look-ups are written down, so that the two cannot wait for each other.
    for (const proof of proofs) {
      await changeValidation(tx, certificate.arn, proof, "PENDING_VALIDATION", { status: "SUCCESS", problem: null });
    }
    await recordAct(tx, certificate.arn, "DomainApproved", deps, readerOf(approval, deps));
  },
  async refuse(tx, { approval, certificate, proofs }, deps) {
    await recordAct(tx, certificate.arn, "DomainRefused", deps, readerOf(approval, deps));
    if (approval.purpose === "ISSUE") {
      await failRequest(tx, certificate, "DOMAIN_VALIDATION_DENIED", refusal(approval), deps);
      return;
    }
    const checkAt = attemptOf(certificate, "RENEWAL").endsAt.getTime();
    const change = { status: "FAILED", problem: refusal(approval), checkAt } as const;
    for (const proof of proofs) await changeValidation(tx, certificate.arn, proof, "PENDING_VALIDATION", change);
    const renewal = renewalAfter("domains-unproven", certificate.renewal) ?? certificate.renewal;
    const renewalUpdatedAt = deps.clock.now().getTime();
    const renewalReason = "DOMAIN_VALIDATION_DENIED";
    await changeCertificate(tx, certificate.arn, certificate, { renewal, renewalReason, renewalUpdatedAt });
  },
};

/** Whoever reads the mail of an address is all that is known of them. */
function readerOf({ decidedBy }: Approval, { ids }: AnswerDeps): { principal: string; requestId: string } {
  return { principal: `mailto:${decidedBy}`, requestId: ids.uuid() };
}

/** A letter, what it asks, and whether anything still waits for the answer. */
interface Question {
  readonly letter: Letter;
  readonly approval: Approval;
  readonly certificate: CertificateState;
  readonly proofs: readonly DomainValidation[];
  readonly standing: ApprovalStanding;
}

async function findQuestion(db: Db, tokenHash: string, { clock }: AnswerDeps): Promise<Question | undefined> {
  const letter = await findLetterByToken(db, tokenHash);
  const approval = letter && (await findApproval(db, letter.approvalId));
  const certificate = approval && (await readCertificateState(db, approval.certificateArn));
  if (!letter || !approval || !certificate) return undefined;
  const waiting = await waitingProofs(db, approval);
  const proofs = waiting.filter(({ domainName }) => approval.names.includes(domainName));
  const isPresent = approval.attemptAt === attemptOf(certificate, approval.purpose).startedAt.getTime();
  const wanted = isPresent && proofs.length > 0;
  const expiresAt = new Date(approval.expiresAt);
  const standing = approvalStanding({ state: approval.state, expiresAt, wanted }, clock.now());
  return { letter, approval, certificate, proofs, standing };
}

async function stateAfter(tx: Tx, tokenHash: string, deps: AnswerDeps): Promise<ApprovalState | undefined> {
  const question = await findQuestion(tx, tokenHash, deps);
  return question && stateOf(question);
}

function stateOf({ standing, letter, approval, certificate }: Question): ApprovalState {
  const { decidedAt, decidedBy } = approval;
  return {
    standing,
    request: approvalRequest(approval, certificate, letter.recipient),
    decided: decidedAt === null || decidedBy === null ? undefined : { at: new Date(decidedAt), by: decidedBy },
  };
}

/** What a letter asks. */
export function approvalRequest(
  { purpose, names, expiresAt }: Approval,
  certificate: CertificateState,
  recipient: string,
): ApprovalRequest {
  const { arn, account, region, requestedBy, createdAt, notAfter } = certificate;
  return {
    purpose,
    certificateArn: arn,
    account,
    region,
    requestedBy: requestedBy ?? undefined,
    requestedAt: new Date(createdAt),
    names,
    otherNames: certificate.names.filter((name) => !names.includes(name)),
    expiresAt: new Date(expiresAt),
    endsAt: purpose === "RENEWAL" && notAfter !== null ? new Date(notAfter) : undefined,
    recipient,
  };
}
