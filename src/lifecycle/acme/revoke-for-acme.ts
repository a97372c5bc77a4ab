import { revokeSerial } from "#ca/revocation.ts";
import { type CrlReason, type RevocationReason } from "#domain/certificate/revocation.ts";
import { statusAfter } from "#domain/certificate/status.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { recordAct } from "#lifecycle/acts.ts";
import { promiseAdvance } from "#lifecycle/advance-job.ts";
import { type AcmeIssued, releaseCertificateArn } from "#store/acme-certificates.ts";
import { changeCertificate, holdCertificate } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";

/** Why an ACME client revokes, in the CA's words and in ACM's. */
export interface AcmeRevocation {
  readonly crlReason: CrlReason;
  readonly reason: RevocationReason;
}

/**
 * Revokes one certificate of an ACME client for good: OCSP and the next CRL say so as soon as `tx` commits. If it is the
 * version in force, its ARN is REVOKED, and the next order for the same names gets another one. False when it was
 * revoked before.
 */
export async function revokeForAcme(
  tx: Tx,
  {
    certificateArn: arn,
    generation,
    issuerId,
    serial,
  }: Pick<AcmeIssued, "certificateArn" | "generation" | "issuerId"> & {
    readonly serial: string;
  },
  { crlReason, reason }: AcmeRevocation,
  deps: { readonly clock: Clock; readonly ids: Ids },
): Promise<boolean> {
  const certificate = await holdCertificate(tx, arn);
  if (!(await revokeSerial(tx, { issuerId, serial, reason: crlReason }, deps))) return false;
  if (certificate?.generation !== generation || certificate.status !== "ISSUED") return true;
  const now = deps.clock.now();
  await changeCertificate(tx, arn, certificate, {
    status: statusAfter("revoked", certificate.status),
    revokedAt: now.getTime(),
    revocationReason: reason,
  });
  await releaseCertificateArn(tx, arn);
  await recordAct(tx, arn, "CertificateRevoked", deps);
  await promiseAdvance(tx, arn, now);
  return true;
}
