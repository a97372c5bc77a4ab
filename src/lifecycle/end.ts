import type { CertificateArn } from "#domain/arn.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import { migrationAfter } from "#domain/certificate/migration.ts";
import { renewalAfter } from "#domain/certificate/renewal.ts";
import { statusAfter } from "#domain/certificate/status.ts";
import type { Ids } from "#lib/ids.ts";
import {
  type CertificateChange,
  type CertificateState,
  changeCertificate,
  holdCertificate,
} from "#store/certificates.ts";
import { failValidations } from "#store/domain-validations.ts";
import type { Store, Tx } from "#store/store.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { recordAct } from "./acts.ts";
import { holdForStep, type StepDeps } from "./hold-for-step.ts";

export interface EndDeps extends StepDeps {
  readonly store: Store;
  readonly ids: Ids;
}

/** 72 hours are over and not every domain is proven: the request ends, for good. */
export async function recordTimeOut(arn: CertificateArn, deps: EndDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForStep(tx, arn, "validation-timed-out", deps);
    if (!certificate) return;
    const status = statusAfter("validation-timed-out", certificate.status);
    await changeCertificate(tx, arn, certificate, { status });
    await failValidations(tx, arn, "ISSUE");
    await recordAct(tx, arn, "CertificateTimedOut", deps);
  });
}

/** What was asked for will never be proven or signed: the request ends, for good. */
export async function recordFailure(
  arn: CertificateArn,
  failureReason: FailureReason,
  trouble: string,
  deps: EndDeps,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdCertificate(tx, arn);
    if (certificate?.status === "PENDING_VALIDATION") await failRequest(tx, certificate, failureReason, trouble, deps);
  });
}

/** The same for a certificate that is held, and was not issued yet. */
export async function failRequest(
  tx: Tx,
  certificate: CertificateState,
  failureReason: FailureReason,
  trouble: string,
  deps: Pick<EndDeps, "clock" | "ids">,
): Promise<void> {
  const status = statusAfter("issuance-failed", certificate.status);
  await changeCertificate(tx, certificate.arn, certificate, { status, failureReason, trouble });
  await failValidations(tx, certificate.arn, "ISSUE");
  await recordAct(tx, certificate.arn, "CertificateFailed", deps);
}

/** The validity is over; a renewal that did not come to its end by now has failed. */
export async function recordExpiry(arn: CertificateArn, deps: EndDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForStep(tx, arn, "expired", deps);
    if (!certificate) return;
    await changeCertificate(tx, arn, certificate, {
      status: statusAfter("expired", certificate.status),
      ...(await giveUpBoth(tx, certificate, deps.clock.now().getTime())),
    });
    await recordAct(tx, arn, "CertificateExpired", deps);
  });
}

/** A certificate that has come to its end is neither renewed nor changed any more: what of it still ran has failed. */
export async function giveUpBoth(tx: Tx, certificate: CertificateState, now: EpochMillis): Promise<CertificateChange> {
  const { arn } = certificate;
  const renewal = renewalAfter("gave-up", certificate.renewal);
  const migration = migrationAfter("gave-up", certificate.migration);
  if (renewal) await failValidations(tx, arn, "RENEWAL");
  if (migration) await failValidations(tx, arn, "MIGRATION");
  return {
    ...(renewal && { renewal, renewalReason: "OTHER", renewalUpdatedAt: now }),
    ...(migration && { migration, migrationUpdatedAt: now }),
  };
}
