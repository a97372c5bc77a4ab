import type { CertificateArn } from "#domain/arn.ts";
import type { Ids } from "#lib/ids.ts";
import { recordAct } from "#lifecycle/acts.ts";
import { holdForStep, type StepDeps } from "#lifecycle/hold-for-step.ts";
import { deleteCertificateRow } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";

export interface ForgetDeps extends StepDeps {
  readonly store: Store;
  readonly ids: Ids;
}

/** A certificate of an ACME client is removed a year after its end. */
export async function forgetCertificate(arn: CertificateArn, deps: ForgetDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    if (!(await holdForStep(tx, arn, "forget", deps))) return;
    await deleteCertificateRow(tx, arn);
    await recordAct(tx, arn, "CertificateDeleted", deps);
  });
}
