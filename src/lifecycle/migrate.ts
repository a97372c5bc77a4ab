import type { CertificateArn } from "#domain/arn.ts";
import { migrationAfter } from "#domain/certificate/migration.ts";
import { isRenewing } from "#domain/certificate/renewal.ts";
import { newProofs, type ProofDeps } from "#lifecycle/proof/proofs.ts";
import { type CertificateState, changeCertificate } from "#store/certificates.ts";
import { adoptMigration, failValidations, startValidations } from "#store/domain-validations.ts";
import type { Store, Tx } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { holdForStep, type StepDeps } from "./hold-for-step.ts";
import { proveAgain } from "./renew.ts";

export interface MigrateDeps extends StepDeps {
  readonly store: Store;
}

/**
 * Begins the change from e-mail to DNS validation of a certificate that is held: every domain is to be proved by its
 * CNAME within 72 hours. Nothing else changes until all are. False when a change runs already.
 */
export async function startMigration(
  tx: Tx,
  certificate: CertificateState,
  deps: ProofDeps & Pick<StepDeps, "clock">,
): Promise<boolean> {
  const { arn, account, names, authority } = certificate;
  const migration = migrationAfter("asked", certificate.migration);
  if (migration === undefined) return false;
  const now = deps.clock.now();
  const changed = { migration, migrationStartedAt: now.getTime(), migrationUpdatedAt: now.getTime() };
  await changeCertificate(tx, arn, certificate, changed);
  const proofs = await newProofs(tx, "DNS", { account, names, authority, validationDomains: new Map() }, deps);
  await startValidations(tx, arn, "MIGRATION", proofs, now.getTime());
  await promiseAdvance(tx, arn, now);
  return true;
}

/**
 * All records were seen: the method switches, ARN, certificate and key stay. A renewal that waits for letters is proved
 * by the records from now on.
 */
export async function finishMigration(arn: CertificateArn, deps: MigrateDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForStep(tx, arn, "finish-migration", deps);
    const migration = certificate && migrationAfter("proven", certificate.migration);
    if (!certificate || migration === undefined) return;
    const now = deps.clock.now().getTime();
    const changed = { validationMethod: "DNS", migration, migrationUpdatedAt: now } as const;
    await changeCertificate(tx, arn, certificate, changed);
    await adoptMigration(tx, arn);
    if (isRenewing(certificate.renewal)) await proveAgain(tx, arn, now);
  });
}

/** 72 hours are over and not every record was seen: the method stays what it was, until the change is asked for again. */
export async function endMigration(arn: CertificateArn, deps: MigrateDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForStep(tx, arn, "migration-timed-out", deps);
    const migration = certificate && migrationAfter("gave-up", certificate.migration);
    if (!certificate || migration === undefined) return;
    await changeCertificate(tx, arn, certificate, { migration, migrationUpdatedAt: deps.clock.now().getTime() });
    await failValidations(tx, arn, "MIGRATION");
  });
}
