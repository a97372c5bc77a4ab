import type { Owner } from "#domain/names.ts";
import { enqueueBy } from "#jobs/queue.ts";
import { DAY, later, type Millis } from "#lib/duration.ts";
import { insertSweep } from "#store/certificate-sweeps.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that looks at the certificates of an account in a region whose end is near. */
export const NOTICES = "certificate.notices";

/** Promises to look at a certificate's end once it is near. */
export async function promiseNotices(tx: Tx, owner: Owner, notAfter: Date): Promise<void> {
  await insertSweep(tx, owner);
  await enqueueBy(tx, { task: NOTICES, subject: `${owner.account}/${owner.region}` }, later(notAfter, -NEAR));
}

/** As far ahead as any renewal begins: 60 days before the end of a private certificate of 395 days. */
export const NEAR: Millis = 60 * DAY;
