import type { CertificateArn } from "#domain/arn.ts";
import { enqueue } from "#jobs/queue.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that does a certificate's next step. */
export const ADVANCE = "certificate.advance";

/** Promises to look at a certificate, at once unless it says otherwise. */
export async function promiseAdvance(tx: Tx, arn: CertificateArn, at: Date): Promise<void> {
  await enqueue(tx, { task: ADVANCE, subject: arn }, at);
}
