import type { CertificateArn } from "#domain/arn.ts";
import { nextStep, type Step } from "#domain/certificate/next-step.ts";
import type { RenewalPolicy } from "#domain/certificate/renewal.ts";
import type { Clock } from "#lib/clock.ts";
import { type CertificateState, holdCertificate, readFacts } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";

export interface StepDeps extends RenewalPolicy {
  readonly clock: Clock;
}

/**
 * Holds a certificate if the step that was decided for it is still the next one, now that nobody else can change it.
 * Undefined when somebody else took it meanwhile: then there is nothing to do.
 */
export async function holdForStep(
  tx: Tx,
  arn: CertificateArn,
  step: Step["kind"],
  deps: StepDeps,
): Promise<CertificateState | undefined> {
  const certificate = await holdCertificate(tx, arn);
  const facts = certificate && (await readFacts(tx, arn));
  return facts && nextStep(facts, deps.clock.now(), deps).kind === step ? certificate : undefined;
}
