import type { RecordName } from "#domain/zones/record-name.ts";
import type { AuthorityDeps } from "./ask-authority.ts";
import { findAuthorityMistake } from "./authority-mistake.ts";
import { findHostedZoneMistake } from "./hosted-zone-mistake.ts";
import type { View } from "./view.ts";

/**
 * Looks whether the record is missing because somebody else is asked than its owner thinks: a hosted zone here that is
 * not believed or that the world does not use, a parent that delegates elsewhere, name servers that do not know the
 * zone. A sentence for its owner; undefined when nothing of that was found.
 */
export async function findDelegationMistake(
  start: RecordName,
  expected: string,
  view: View,
  { account, thorough }: { readonly account: string | undefined; readonly thorough: boolean },
  deps: AuthorityDeps,
): Promise<string | undefined> {
  const hosted = await findHostedZoneMistake(start, expected, view, { account, thorough }, deps);
  if (hosted.mistake !== undefined || hosted.isHosted || !thorough) return hosted.mistake;
  return await findAuthorityMistake(start, expected, view, deps);
}
