import { standingApproval } from "#domain/certificate/approval.ts";
import { mailDomain } from "#domain/certificate/validation-emails.ts";
import {
  type AskDeps,
  askedBefore,
  askForApproval,
  attemptOf,
  pendingPurpose,
  waitingProofs,
} from "#lifecycle/approval/ask-for-approval.ts";
import type { Postman } from "#mail/postman.ts";
import type { Approval } from "#store/approvals.ts";
import { type CertificateState, holdCertificate } from "#store/certificates.ts";
import type { DomainValidation } from "#store/domain-validations.ts";
import { type Letter, lettersOf } from "#store/letters.ts";
import type { Store } from "#store/store.ts";
import type { Asked } from "#validation/asked.ts";
import { findMailExchange } from "#validation/mail-exchange.ts";
import type { ViewDeps } from "#validation/view.ts";
import type { Finding, Prover } from "./prover.ts";

export interface EmailDeps extends AskDeps, ViewDeps {
  readonly store: Store;
  /** Undefined while no mail server is configured. */
  readonly postman?: Postman | undefined;
}

/**
 * E-mail validation: somebody who reads the mail of the validation domain approved. The first look of an attempt has
 * the letters sent, once however often it is repeated; from then on there is only something new to see when a letter
 * has left or was answered, and whoever writes that down makes the proof due.
 */
export const proveByEmail: Prover<EmailDeps> = async (validation, { certificate, purpose }, deps) => {
  if (purpose === "MIGRATION") throw new Error("a change of method is proved by DNS");
  const attempt = attemptOf(certificate, purpose);
  const earlier = await askedBefore(deps.store, certificate, purpose, validation.validationDomain);
  const standing = standingApproval(earlier, validation.domainName, attempt);
  if (standing) return await judge(standing, attempt.endsAt, deps);
  if (!deps.postman) return { proven: false, problem: NO_POSTMAN, lookups: [] };
  const { takesMail, problem, lookups } = await findMailExchange(mailDomain(validation.validationDomain), deps);
  if (takesMail === "no") return { proven: false, problem, lookups, failure: "NO_AVAILABLE_CONTACTS" };
  if (takesMail === "unknown") return { proven: false, problem, lookups };
  const asked = await ask(certificate, { purpose, validation, lookups }, deps);
  return asked ? await judge(asked, attempt.endsAt, deps) : { proven: false, problem, lookups };
};

/** Whether anybody answered, and what came of the letters. */
async function judge(approval: Approval, attemptEnds: Date, { store }: EmailDeps): Promise<Finding> {
  const letters = (await lettersOf(store, approval.id)).slice(-MOST_SHOWN);
  const lookups = [...approval.lookups, ...letters.map(shownLetter)];
  switch (approval.state) {
    case "APPROVED":
      return { proven: true, lookups };
    case "REFUSED":
      return {
        proven: false,
        problem: refusal(approval),
        lookups,
        again: attemptEnds,
        failure: "DOMAIN_VALIDATION_DENIED",
      };
    case "OPEN":
    case "SUPERSEDED":
      return { proven: false, problem: progress(approval, letters), lookups, again: attemptEnds };
  }
}

/** Asks about all names that wait for this validation domain, unless somebody else was faster. */
async function ask(
  { arn, generation }: CertificateState,
  question: {
    readonly purpose: "ISSUE" | "RENEWAL";
    readonly validation: DomainValidation;
    readonly lookups: readonly unknown[];
  },
  deps: EmailDeps,
): Promise<Approval | undefined> {
  const { purpose, validation, lookups } = question;
  const { validationDomain, domainName } = validation;
  return await deps.store.transaction().execute(async (tx) => {
    const held = await holdCertificate(tx, arn);
    if (held?.generation !== generation || pendingPurpose(held) !== purpose) return undefined;
    const attempt = attemptOf(held, purpose);
    const standing = async (): Promise<Approval | undefined> =>
      standingApproval(await askedBefore(tx, held, purpose, validationDomain), domainName, attempt);
    const before = await standing();
    if (before) return before;
    const waiting = await waitingProofs(tx, { certificateArn: arn, purpose, validationDomain });
    const names = waiting.map((proof) => proof.domainName);
    if (!names.includes(domainName)) return undefined;
    await askForApproval(tx, held, { purpose, validationDomain, lookups }, names, deps);
    return await standing();
  });
}

/** What a refusal is told as. */
export function refusal({ validationDomain, decidedBy, decidedAt }: Approval): string {
  const when = decidedAt === null ? "" : ` on ${new Date(decidedAt).toISOString()}`;
  return `The certificate was refused for ${validationDomain}${when}, by the link that was sent to ${decidedBy}.`;
}

/** How far the letters have come, in words for whoever waits for the certificate. */
function progress({ validationDomain, expiresAt }: Approval, letters: readonly Letter[]): string {
  const in_ = (state: Letter["state"]): readonly Letter[] => letters.filter((letter) => letter.state === state);
  const [sent, queued, bounced] = [in_("SENT"), in_("QUEUED"), in_("BOUNCED")];
  if (sent.length === 0 && queued.length === 0 && bounced.length > 0) {
    return `None of the letters about ${validationDomain} could be delivered: ${answers(bounced)}. Have one of these addresses read, then call ResendValidationEmail; it can name a domain above.`;
  }
  return [
    sent.length === 0 ? "" : `Nobody has approved yet. Letters are at ${addresses(sent)}.`,
    queued.length === 0 ? "" : `Letters are on their way to ${answers(queued)}.`,
    bounced.length === 0 ? "" : `Undeliverable: ${answers(bounced)}.`,
    `Their links are good until ${new Date(expiresAt).toISOString()}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function addresses(letters: readonly Letter[]): string {
  return [...new Set(letters.map(({ recipient }) => recipient))].join(", ");
}

/** Addresses that were answered alike stand together. */
function answers(letters: readonly Letter[]): string {
  const alike = Map.groupBy(letters, ({ answer }) => answer);
  return [...alike]
    .map(([answer, group]) => (answer === null ? addresses(group) : `${addresses(group)} (${answer})`))
    .join("; ");
}

/** A letter as a line of `sealkeeper explain`. */
function shownLetter({ recipient, state, server, answer, queuedAt, answeredAt }: Letter): Asked {
  const line = { name: recipient, type: "MAIL", server: server ?? "outbox" };
  const at = new Date(answeredAt ?? queuedAt).toISOString();
  const said = answer === null ? "" : `: ${answer}`;
  switch (state) {
    case "SENT":
      return { ...line, answer: `delivered ${at}${said}` };
    case "QUEUED":
      return answer === null
        ? { ...line, answer: `queued ${at}` }
        : { ...line, failure: `not delivered yet, tried ${at}${said}` };
    case "BOUNCED":
      return { ...line, failure: `bounced ${at}${said}` };
    case "WITHDRAWN":
      return { ...line, failure: `withdrawn: nobody needed it any more` };
  }
}

/** Why nothing is sent, with what to do. */
export const NO_POSTMAN: string =
  "No letter can be sent: no mail server is configured. Start sealkeeper with --smtp smtp://USER@HOST:PORT and --mail-from ADDRESS (SEALKEEPER_SMTP, SEALKEEPER_MAIL_FROM).";
/** The latest sets of five. */
const MOST_SHOWN = 15;
