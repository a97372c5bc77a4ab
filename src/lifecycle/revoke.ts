import type { CertificateArn } from "#domain/arn.ts";
import { type CrlReason, crlReason, type RevocationReason, revocationReasons } from "#domain/certificate/revocation.ts";
import { statusAfter } from "#domain/certificate/status.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Ids } from "#lib/ids.ts";
import { exportedGenerations } from "#store/certificate-exports.ts";
import { type CertificateState, changeCertificate } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { type AuthorityDeps, authorityOf } from "./authorities/index.ts";
import { giveUpBoth } from "./end.ts";
import { requestInProgress } from "./find.ts";
import { holdOwn, refuseInUse } from "./hold-own.ts";

export interface RevokeDeps extends AuthorityDeps {
  readonly store: Store;
  readonly ids: Ids;
}

/**
 * Revokes a certificate for good: its version in force, and every earlier one whose key was handed out. Status, journal
 * and what the CA says of it are one commit. Throws `certificate-in-use`, `certificate-ineligible` for what was never
 * exported or is revoked already, `certificate-not-issued-yet`, `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function revokeCertificate(
  arnText: string,
  reason: RevocationReason,
  caller: Caller,
  deps: RevokeDeps,
): Promise<CertificateArn> {
  return await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdOwn(tx, arnText, caller);
    const { arn, generation } = certificate;
    const exported = await exportedGenerations(tx, arn);
    const why = checkRevocable(certificate, exported, reason);
    await refuseInUse(tx, certificate);
    const now = deps.clock.now();
    await changeCertificate(tx, arn, certificate, {
      status: statusAfter("revoked", certificate.status),
      revokedAt: now.getTime(),
      revocationReason: reason,
      ...(await giveUpBoth(tx, certificate, now.getTime())),
    });
    const authority = authorityOf(certificate);
    for (const version of new Set([...exported, generation])) {
      await authority.revoke(tx, { certificate, generation: version }, why, deps);
    }
    await recordAct(tx, arn, "CertificateRevoked", deps, { ...caller, principal: caller.arn });
    await promiseAdvance(tx, arn, now); // finds nothing left to do
    return arn;
  });
}

/** https://docs.aws.amazon.com/acm/latest/userguide/revoke-certificate.html */
function checkRevocable(
  certificate: CertificateState,
  exported: readonly number[],
  reason: RevocationReason,
): CrlReason {
  const { arn, type, keyPairOrigin, status } = certificate;
  if (type === "IMPORTED") {
    throw ineligible(`Certificate ${arn} was imported: only the CA that signed it can revoke it.`);
  }
  if (keyPairOrigin === "ACME") {
    throw ineligible(`Certificate ${arn} was issued to an ACME client: it is revoked through ACME only.`);
  }
  if (status === "PENDING_VALIDATION") throw requestInProgress(certificate);
  if (status !== "ISSUED") throw ineligible(`Certificate ${arn} cannot be revoked: it is ${status}.`);
  if (exported.length === 0) {
    throw ineligible(`Certificate ${arn} cannot be revoked: it was never exported, so nobody else has its key.`);
  }
  const why = crlReason(reason, type);
  if (why !== undefined) return why;
  throw ineligible(
    `A certificate that is ${type} cannot be revoked for ${reason}; possible are ${revocationReasons(type).join(", ")}.`,
  );
}

function ineligible(message: string): Refusal {
  return new Refusal("certificate-ineligible", message);
}
