import type { Clock } from "#lib/clock.ts";
import { hastenValidations } from "#store/domain-validations.ts";
import type { Tx } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";

/**
 * Told of record names that were written in one of our zones, in the transaction that writes them: certificates that
 * wait for such a record are looked at as soon as it commits. The names may be in any case and end in a dot.
 */
export async function noticeRecords(
  tx: Tx,
  names: readonly string[],
  { clock }: { readonly clock: Clock },
): Promise<void> {
  const now = clock.now();
  const recordNames = names.map((name) => name.toLowerCase().replace(/\.$/, "")).filter((name) => name.startsWith("_"));
  for (const arn of await hastenValidations(tx, recordNames, now.getTime())) {
    await promiseAdvance(tx, arn, now);
  }
}
