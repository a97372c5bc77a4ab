import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { deleteCertificateRow } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { destroyKeysBefore } from "./destroy-keys.ts";
import { holdOwn, refuseInUse } from "./hold-own.ts";

export interface DeleteDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Deletes a certificate and destroys its sealed key. Throws `certificate-in-use` naming the users, `certificate-busy`
 * for an ACME client's that has not expired yet, `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function deleteCertificate(arnText: string, caller: Caller, deps: DeleteDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdOwn(tx, arnText, caller);
    const { arn, keyPairOrigin, notAfter } = certificate;
    await refuseInUse(tx, certificate);
    if (keyPairOrigin === "ACME" && notAfter !== null && notAfter >= deps.clock.now().getTime()) {
      throw new Refusal(
        "certificate-busy",
        `Certificate ${arn} was issued to an ACME client: it can be deleted when it has expired, after ${new Date(notAfter).toISOString()}.`,
      );
    }
    await destroyKeysBefore(tx, arn, Number.MAX_SAFE_INTEGER, deps.clock.now());
    await deleteCertificateRow(tx, arn);
    await recordAct(tx, arn, "CertificateDeleted", deps, { ...caller, principal: caller.arn });
    await promiseAdvance(tx, arn, deps.clock.now()); // finds nothing, which ends the job
  });
}
