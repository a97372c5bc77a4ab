import type { CertificateArn } from "#domain/arn.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import { type RenewalStatus, renewalAfter } from "#domain/certificate/renewal.ts";
import {
  type CertificateChange,
  type CertificateState,
  changeCertificate,
  holdCertificate,
} from "#store/certificates.ts";
import { readValidations, startValidations } from "#store/domain-validations.ts";
import type { Store, Tx } from "#store/store.ts";
import type { EpochMillis } from "#store/tables/types.ts";
import { holdForStep, type StepDeps } from "./hold-for-step.ts";

export interface RenewDeps extends StepDeps {
  readonly store: Store;
}

/**
 * Begins an attempt at renewal, the first one or the next after one that was stuck: every domain is to be proved again,
 * by the very records of the first issue. What follows is the same as for a request: look-ups, then `issueVersion`.
 */
export async function startRenewal(
  arn: CertificateArn,
  step: "start-renewal" | "restart-renewal",
  deps: RenewDeps,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForStep(tx, arn, step, deps);
    const renewal = certificate && renewalAfter(EVENTS[step], certificate.renewal);
    if (!certificate || renewal === undefined) return;
    await beginRenewal(tx, certificate, renewal, deps.clock.now().getTime());
  });
}

/** The same for a certificate that is held; `renewal` is what it is then. */
export async function beginRenewal(
  tx: Tx,
  certificate: CertificateState,
  renewal: RenewalStatus,
  now: EpochMillis,
  more: Pick<CertificateChange, "orderedAt"> = {},
): Promise<void> {
  await changeCertificate(tx, certificate.arn, certificate, {
    ...more,
    renewal,
    renewalReason: null,
    renewalStartedAt: now,
    renewalUpdatedAt: now,
  });
  await proveAgain(tx, certificate.arn, now);
}

/**
 * Every domain is to be proved anew for a renewal, by the very records of the issue. Letters go to where they were
 * resent last.
 */
export async function proveAgain(tx: Tx, arn: CertificateArn, now: EpochMillis): Promise<void> {
  const issued = await readValidations(tx, arn, "ISSUE");
  if (issued.length === 0) return; // a private CA's: nothing is proved
  const latest = new Map((await readValidations(tx, arn, "RENEWAL")).map((proof) => [proof.position, proof]));
  const proofs = issued.map(({ position, domainName, validationDomain, method, recordName, recordValue }) => ({
    position,
    domainName,
    validationDomain: latest.get(position)?.validationDomain ?? validationDomain,
    method,
    recordName,
    recordValue,
  }));
  await startValidations(tx, arn, "RENEWAL", proofs, now);
}

/** Shows that a renewal waits for its domains to be proved. What each look-up found stands with its domain. */
export async function renewalUnproven(
  arn: CertificateArn,
  reason: FailureReason | undefined,
  { store, clock }: RenewDeps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const certificate = await holdCertificate(tx, arn);
    const renewal = certificate && renewalAfter("domains-unproven", certificate.renewal);
    if (!certificate || renewal === undefined) return;
    const now = clock.now().getTime();
    await changeCertificate(tx, arn, certificate, {
      renewal,
      ...(reason && { renewalReason: reason }),
      ...(renewal === certificate.renewal ? {} : { renewalUpdatedAt: now }),
    });
  });
}

const EVENTS = { "start-renewal": "started", "restart-renewal": "restarted" } as const;
