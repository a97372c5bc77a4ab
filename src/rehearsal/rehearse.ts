import type { CertificateArn } from "#domain/arn.ts";
import { type Finding, judge, type Outcomes } from "#domain/rehearsal/rehearsal.ts";
import type { Check, Found } from "./check.ts";
import { eligibility, isRenewedHere } from "./checks/eligibility.ts";
import { CHECKS, type ChecksDeps } from "./checks/index.ts";
import { readSubject, type Subject, type SubjectDeps } from "./subject.ts";

/** Whether a certificate would be renewed, and everything that was found out about it. */
export interface Rehearsal extends Outcomes {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  /** The value of its owner tag; undefined where it has none. */
  readonly owner: string | undefined;
  /** When the renewal begins; undefined where nobody here renews it. */
  readonly renewsAt: Date | undefined;
  /** Until when somebody must act; undefined where nobody must. */
  readonly actBy: Date | undefined;
}

export interface RehearseDeps extends ChecksDeps, SubjectDeps {
  /** The key of the tag that says who looks after a certificate, in any case. */
  readonly ownerTag: string;
}

/**
 * Goes through a renewal of a certificate as if it were due now: looks at everything that it would need, and changes
 * nothing. Undefined when there is no such certificate.
 */
export async function rehearse(arn: CertificateArn, deps: RehearseDeps): Promise<Rehearsal | undefined> {
  const subject = await readSubject(arn, deps);
  if (!subject) return undefined;
  const renewedHere = isRenewedHere(subject);
  const checks: readonly Check<ChecksDeps>[] = renewedHere ? [eligibility, ...CHECKS] : [eligibility];
  const findings = (await Promise.all(checks.map((check) => look(check, subject, deps)))).flat();
  const outcomes = judge(findings, renewedHere);
  const { notAfter } = subject.certificate;
  const isWaited = outcomes.verdict !== "WOULD_RENEW";
  return {
    ...outcomes,
    subject,
    findings,
    owner: ownerOf(subject, deps.ownerTag),
    renewsAt: renewedHere ? subject.renewsAt : undefined,
    actBy: isWaited && notAfter !== null ? new Date(notAfter) : undefined,
  };
}

/** A check that breaks says nothing about the certificate but that it could not be made. */
async function look(check: Check<ChecksDeps>, subject: Subject, deps: ChecksDeps): Promise<readonly Finding[]> {
  return (await attempt(check, subject, deps)).map((found) => ({ check: check.name, ...found }));
}

async function attempt({ look: make }: Check<ChecksDeps>, subject: Subject, deps: ChecksDeps): Promise<Found> {
  try {
    return await make(subject, deps);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ outcome: "FAILED", message: `This could not be looked at: ${reason}` }];
  }
}

function ownerOf({ tags }: Subject, ownerTag: string): string | undefined {
  const tag = tags.find(({ key }) => key.toLowerCase() === ownerTag.toLowerCase());
  return tag?.value === undefined || tag.value === "" ? undefined : tag.value;
}
