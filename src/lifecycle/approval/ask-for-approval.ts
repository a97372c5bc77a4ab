import { type Attempt, attemptFrom } from "#domain/certificate/approval.ts";
import { isRenewing } from "#domain/certificate/renewal.ts";
import { validationEmails } from "#domain/certificate/validation-emails.ts";
import type { DomainName } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import type { SecretDeps } from "#lifecycle/instance-secret.ts";
import { post } from "#mail/outbox.ts";
import {
  type Approval,
  type ApprovalSubject,
  approvalsOf,
  forgetApprovalsBefore,
  insertApproval,
  supersedeApproval,
} from "#store/approvals.ts";
import type { CertificateState } from "#store/certificates.ts";
import { type DomainValidation, readValidations } from "#store/domain-validations.ts";
import type { Db, Tx } from "#store/store.ts";
import { approvalSecret, newApprovalToken } from "./approval-token.ts";

export interface AskDeps extends SecretDeps {
  readonly clock: Clock;
}

/** What proofs by e-mail are for. */
export type MailPurpose = ApprovalSubject["purpose"];

/** The present attempt at proving a certificate's domains. */
export function attemptOf(certificate: CertificateState, purpose: MailPurpose): Attempt {
  const { createdAt, renewalStartedAt, notAfter } = certificate;
  return purpose === "ISSUE"
    ? attemptFrom(new Date(createdAt), undefined)
    : attemptFrom(new Date(renewalStartedAt ?? createdAt), notAfter === null ? undefined : new Date(notAfter));
}

/** What the domains of a certificate are being proved for; undefined when nothing is. */
export function pendingPurpose({ status, renewal }: CertificateState): MailPurpose | undefined {
  if (status === "PENDING_VALIDATION") return "ISSUE";
  return status === "ISSUED" && isRenewing(renewal) ? "RENEWAL" : undefined;
}

/** The proofs that wait for an answer from one validation domain. */
export async function waitingProofs(
  db: Db,
  { certificateArn, purpose, validationDomain }: ApprovalSubject,
): Promise<readonly DomainValidation[]> {
  const proofs = await readValidations(db, certificateArn, purpose);
  return proofs.filter(
    (proof) =>
      proof.method === "EMAIL" && proof.status === "PENDING_VALIDATION" && proof.validationDomain === validationDomain,
  );
}

/** Everything that was asked of a validation domain for the version that is being made. */
export function askedBefore(
  db: Db,
  { arn, generation }: CertificateState,
  purpose: MailPurpose,
  validationDomain: DomainName,
): Promise<readonly Approval[]> {
  return approvalsOf(db, { certificateArn: arn, purpose, validationDomain }, generation);
}

/**
 * Asks the five addresses of a validation domain about these names of a certificate that is held, and promises the
 * letters; what was open there is superseded. `lookups` are kept to be shown.
 */
export async function askForApproval(
  tx: Tx,
  certificate: CertificateState,
  question: {
    readonly purpose: MailPurpose;
    readonly validationDomain: DomainName;
    readonly lookups: readonly unknown[];
  },
  names: readonly DomainName[],
  deps: AskDeps,
): Promise<void> {
  const { purpose, validationDomain, lookups } = question;
  const { startedAt, linksUntil } = attemptOf(certificate, purpose);
  const subject = { certificateArn: certificate.arn, purpose, validationDomain };
  await forgetApprovalsBefore(tx, certificate.arn, certificate.generation);
  await supersedeApproval(tx, subject);
  const id = deps.ids.uuid();
  await insertApproval(tx, {
    ...subject,
    id,
    generation: certificate.generation,
    attemptAt: startedAt.getTime(),
    names,
    createdAt: deps.clock.now().getTime(),
    expiresAt: linksUntil.getTime(),
    lookups,
  });
  await sendLetters(tx, { id, validationDomain, expiresAt: linksUntil.getTime() }, deps);
}

/** Puts a letter to each of the five addresses into the outbox, each with a link of its own. */
export async function sendLetters(
  tx: Tx,
  { id, validationDomain, expiresAt }: Pick<Approval, "id" | "validationDomain" | "expiresAt">,
  deps: AskDeps,
): Promise<void> {
  const now = deps.clock.now();
  using secret = await approvalSecret(tx, deps);
  for (const recipient of validationEmails(validationDomain)) {
    const letterId = deps.ids.uuid();
    const { hash, sealed } = newApprovalToken(letterId, secret, deps);
    const letter = {
      id: letterId,
      approvalId: id,
      recipient,
      queuedAt: now.getTime(),
      giveUpAt: expiresAt,
      tokenHash: hash,
      sealedToken: sealed,
    };
    await post(tx, letter, now);
  }
}
