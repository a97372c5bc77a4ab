import { enqueue } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { hastenAcmeDomains } from "#store/acme-domain-validations.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that does a domain validation's next step. */
export const ADVANCE_DOMAIN = "acme.domain.advance";

/**
 * Told of record names that were written in one of our zones, in the transaction that writes them: domain validations
 * that look for such a record are looked at as soon as it commits. The names may be in any case and end in a dot.
 */
export async function noticeAcmeRecords(
  tx: Tx,
  names: readonly string[],
  { clock }: { readonly clock: Clock },
): Promise<void> {
  const now = clock.now();
  const recordNames = names.map((name) => name.toLowerCase().replace(/\.$/, "")).filter((name) => name.startsWith("_"));
  for (const arn of await hastenAcmeDomains(tx, recordNames, now.getTime())) {
    await enqueue(tx, { task: ADVANCE_DOMAIN, subject: arn }, now);
  }
}
