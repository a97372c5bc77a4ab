import { renewalAfter } from "#domain/certificate/renewal.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import type { CertificateState } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { requestInProgress } from "./find.ts";
import { holdOwn } from "./hold-own.ts";
import { beginRenewal } from "./renew.ts";

export interface RenewNowDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Begins the renewal of an exported certificate now, whatever is left of its life; one that runs already goes on.
 * Throws `certificate-ineligible`, `certificate-not-issued-yet`, `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function renewNow(arnText: string, caller: Caller, { store, clock }: RenewNowDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const certificate = await holdOwn(tx, arnText, caller);
    checkRenewable(certificate);
    const renewal = renewalAfter("started", certificate.renewal);
    if (renewal === undefined) return;
    await beginRenewal(tx, certificate, renewal, clock.now().getTime());
    await promiseAdvance(tx, certificate.arn, clock.now());
  });
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RenewCertificate.html */
function checkRenewable(certificate: CertificateState): void {
  const { arn, type, keyPairOrigin, status, exportedAt } = certificate;
  const why =
    type === "IMPORTED"
      ? "it was imported; import its successor under the same ARN"
      : keyPairOrigin === "ACME"
        ? "it was issued to an ACME client, which renews it"
        : status === "PENDING_VALIDATION"
          ? undefined
          : status !== "ISSUED"
            ? `it is ${status}`
            : exportedAt === null
              ? "it was not exported since it was issued; what is in use is renewed by itself"
              : undefined;
  if (why !== undefined) throw new Refusal("certificate-ineligible", `Certificate ${arn} cannot be renewed: ${why}.`);
  if (status === "PENDING_VALIDATION") throw requestInProgress(certificate);
}
