import { standingApproval } from "#domain/certificate/approval.ts";
import { readValidationDomains } from "#domain/certificate/requested-names.ts";
import { mailDomain } from "#domain/certificate/validation-emails.ts";
import { type Caller, type DomainName, parseDomainName } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { promiseAdvance } from "#lifecycle/advance-job.ts";
import { certificateNotFound, readCertificateArn } from "#lifecycle/find.ts";
import { holdOwn } from "#lifecycle/hold-own.ts";
import { type EmailDeps, NO_POSTMAN } from "#lifecycle/proof/prove-email.ts";
import { type Approval, supersedeApproval } from "#store/approvals.ts";
import { type CertificateState, readCertificateState } from "#store/certificates.ts";
import { changeValidation, type DomainValidation, readValidations } from "#store/domain-validations.ts";
import { lettersOf, withdrawLetters } from "#store/letters.ts";
import type { Tx } from "#store/store.ts";
import { findMailExchange } from "#validation/mail-exchange.ts";
import {
  askedBefore,
  askForApproval,
  attemptOf,
  type MailPurpose,
  pendingPurpose,
  sendLetters,
  waitingProofs,
} from "./ask-for-approval.ts";

export interface ResendRequest {
  readonly certificateArn: string;
  /** The name whose letters are to be sent again. */
  readonly domain: string;
  /** Where they are to go from now on: the name itself, or a domain above it. */
  readonly validationDomain: string;
}

/**
 * Sends the approval letters for one name of a certificate again, with new links, to the addresses of a validation
 * domain that may be another than before. Links in earlier letters to the same addresses stay good; where letters go
 * elsewhere now, the earlier ones are superseded. Throws `certificate-arn-invalid`, `certificate-not-found`,
 * `domain-validation-options-invalid`, and `state-forbids` when no letter is waited for.
 */
export async function resendValidationEmail(
  { certificateArn, domain, validationDomain }: ResendRequest,
  caller: Caller,
  deps: EmailDeps,
): Promise<void> {
  const arn = readCertificateArn(certificateArn);
  const certificate = await readCertificateState(deps.store, arn);
  if (certificate?.account !== caller.account || certificate.region !== caller.region) {
    throw certificateNotFound(arn, caller);
  }
  const to = readTarget(certificate, domain, validationDomain);
  checkWaiting(certificate, await proofOf(deps.store, certificate, to.domain), to.domain);
  if (!deps.postman) throw new Refusal("state-forbids", NO_POSTMAN);
  const { takesMail, problem, lookups } = await findMailExchange(mailDomain(to.validationDomain), deps);
  if (takesMail === "no") throw new Refusal("domain-validation-options-invalid", problem ?? "It takes no mail.");

  await deps.store.transaction().execute(async (tx) => {
    const held = await holdOwn(tx, arn, caller);
    const proof = await proofOf(tx, held, to.domain);
    const { purpose } = checkWaiting(held, proof, to.domain);
    await moveProof(tx, held, proof, to.validationDomain, deps);
    await supersedeUnlessWanted(tx, held, purpose, proof.validationDomain);
    await sendAgain(tx, held, { ...to, purpose, lookups }, deps);
    await promiseAdvance(tx, arn, deps.clock.now());
  });
}

interface Target {
  readonly domain: DomainName;
  readonly validationDomain: DomainName;
}

function readTarget({ arn, names }: CertificateState, text: string, above: string): Target {
  const domain = parseDomainName(text);
  if (!domain || !names.includes(domain)) {
    throw new Refusal(
      "domain-validation-options-invalid",
      `"${text}" is none of the domain names of certificate ${arn}: ${names.join(", ")}.`,
    );
  }
  const validationDomain = readValidationDomains(names, [[text, above]]).get(domain);
  if (!validationDomain) throw new Error(`${above} was read and is not there`);
  return { domain, validationDomain };
}

/** The proof of a name that is or was being waited for. */
async function proofOf(
  db: EmailDeps["store"] | Tx,
  certificate: CertificateState,
  domain: DomainName,
): Promise<DomainValidation & { readonly purpose: MailPurpose }> {
  const { arn, status, renewal } = certificate;
  const purpose = pendingPurpose(certificate);
  if (!purpose) {
    const state = status === "ISSUED" ? `its renewal is ${renewal}` : `it is ${status}`;
    throw new Refusal(
      "state-forbids",
      `Certificate ${arn} waits for no approval, so that no letter can be sent: ${state}.`,
    );
  }
  const proof = (await readValidations(db, arn, purpose)).find(({ domainName }) => domainName === domain);
  if (proof?.method !== "EMAIL") {
    throw new Refusal("state-forbids", `${domain} in certificate ${arn} is not validated by e-mail.`);
  }
  return { ...proof, purpose };
}

/** At a renewal the refused may be asked once more; a first request has ended with a refusal. */
function checkWaiting<P extends DomainValidation>({ arn }: CertificateState, proof: P, domain: DomainName): P {
  if (proof.status !== "SUCCESS") return proof;
  throw new Refusal("state-forbids", `${domain} in certificate ${arn} is approved already: no letter is needed.`);
}

async function moveProof(
  tx: Tx,
  { arn }: CertificateState,
  proof: DomainValidation,
  validationDomain: DomainName,
  { clock }: EmailDeps,
): Promise<void> {
  const checkAt = clock.now().getTime();
  const change = { status: "PENDING_VALIDATION", validationDomain, checkAt, checks: 0, problem: null } as const;
  if (await changeValidation(tx, arn, proof, proof.status, change)) return;
  throw new Error(`the proof of ${proof.domainName} in ${arn} changed while it was held`);
}

/** Where no name waits for an answer any more, letters would ask for nothing. */
async function supersedeUnlessWanted(
  tx: Tx,
  { arn }: CertificateState,
  purpose: MailPurpose,
  validationDomain: DomainName,
): Promise<void> {
  const subject = { certificateArn: arn, purpose, validationDomain };
  if ((await waitingProofs(tx, subject)).length === 0) await supersedeApproval(tx, subject);
}

/** More letters about an open question that names this domain; otherwise the question is asked, about all that wait. */
async function sendAgain(
  tx: Tx,
  certificate: CertificateState,
  to: Target & { readonly purpose: MailPurpose; readonly lookups: readonly unknown[] },
  deps: EmailDeps,
): Promise<void> {
  const { purpose, domain, validationDomain, lookups } = to;
  const asked = await askedBefore(tx, certificate, purpose, validationDomain);
  await refuseFlood(tx, asked, validationDomain);
  const standing = standingApproval(asked, domain, attemptOf(certificate, purpose));
  if (standing?.state === "OPEN") {
    await withdrawLetters(tx, { approvalId: standing.id }); // what has not left yet is replaced
    await sendLetters(tx, standing, deps);
    return;
  }
  const waiting = await waitingProofs(tx, { certificateArn: certificate.arn, purpose, validationDomain });
  const names = waiting.map(({ domainName }) => domainName);
  await askForApproval(tx, certificate, { purpose, validationDomain, lookups }, names, deps);
}

/** Nobody's mailboxes are to be filled. */
async function refuseFlood(tx: Tx, asked: readonly Approval[], validationDomain: DomainName): Promise<void> {
  let letters = 0;
  for (const { id } of asked) letters += (await lettersOf(tx, id)).filter(({ state }) => state !== "WITHDRAWN").length;
  if (letters < MOST_LETTERS) return;
  throw new Refusal(
    "state-forbids",
    `${letters} letters about this certificate went to ${mailDomain(validationDomain)} already: no more are sent.`,
  );
}

/** Twenty sets of five for one version of a certificate. */
const MOST_LETTERS = 100;
