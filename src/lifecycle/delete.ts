import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { deleteCertificateRow, holdCertificate } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";

export interface DeleteDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Deletes a certificate and destroys its sealed key. Throws `certificate-in-use` naming the users,
 * `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function deleteCertificate(arnText: string, caller: Caller, deps: DeleteDeps): Promise<void> {
  const arn = readCertificateArn(arnText);
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdCertificate(tx, arn);
    if (certificate?.account !== caller.account || certificate.region !== caller.region) {
      throw certificateNotFound(arn, caller);
    }
    const users = await usersOf(tx, arn);
    if (users.length > 0) {
      throw new Refusal(
        "certificate-in-use",
        `Certificate ${arn} in account ${caller.account} is in use. It is used by: ${users.join(", ")}.`,
      );
    }
    await deleteCertificateRow(tx, arn);
    await recordAct(tx, arn, "CertificateDeleted", deps, { ...caller, principal: caller.arn });
    await promiseAdvance(tx, arn, deps.clock.now()); // finds nothing, which ends the job
  });
}
