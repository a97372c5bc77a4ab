import { renewalAfter } from "#domain/certificate/renewal.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { type CertificateState, changeCertificate } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { beginRenewal } from "./renew.ts";

/**
 * Orders another version of a certificate that is held, whatever is left of its life and whoever uses it. It is a renewal
 * like any other: same validation, new key. One that runs already goes on. Whoever orders may go through its steps at
 * once (`advanceTurn`); if nobody does, the job that is promised here does.
 */
export async function orderVersion(tx: Tx, certificate: CertificateState, now: Date): Promise<void> {
  const { arn } = certificate;
  const orderedAt = now.getTime();
  const renewal = renewalAfter("started", certificate.renewal);
  if (renewal === undefined) await changeCertificate(tx, arn, certificate, { orderedAt });
  else await beginRenewal(tx, certificate, renewal, orderedAt, { orderedAt });
  await promiseAdvance(tx, arn, later(now, HEADSTART));
}

/** Withdraws the order; a renewal that runs for whoever uses the certificate goes on. */
export async function withdrawOrder(tx: Tx, certificate: CertificateState, now: Date): Promise<void> {
  await changeCertificate(tx, certificate.arn, certificate, { orderedAt: null });
  await promiseAdvance(tx, certificate.arn, now);
}

/** Tells the client of a certificate that is held, when it asks (ARI, RFC 9773), to renew at once. */
export async function inviteRenewal(tx: Tx, certificate: CertificateState, now: Date): Promise<void> {
  await changeCertificate(tx, certificate.arn, certificate, { renewAt: now.getTime() });
}

const HEADSTART: Millis = 15 * SECOND;
