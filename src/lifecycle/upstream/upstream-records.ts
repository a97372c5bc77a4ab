import { findPersistent } from "#ca/upstream/account.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import type { AccountId, DomainName } from "#domain/names.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { challengeRecord, persistentRecord, type ValidationRecord } from "#lifecycle/proof/validation-record.ts";
import type { Tx } from "#store/store.ts";
import { promisePreparation } from "./prepare-upstream.ts";

/**
 * Which record a public CA wants of the owner of each name; it proves control to us as well. What the first CA looks
 * for decides: the others take what they find. Undefined for a name where that CA looks by HTTP, and our own record
 * does; but wildcards are proved by DNS alone.
 */
export async function upstreamRecords(
  tx: Tx,
  secret: PlaintextKey,
  { account, names }: { readonly account: AccountId; readonly names: readonly DomainName[] },
  { clients, challengeZone }: Upstream,
  now: Date,
): Promise<(name: DomainName) => ValidationRecord | undefined> {
  const [first] = clients;
  const kind = first?.ca.challenge;
  const place = first && { directory: first.ca.directory, owner: account };
  const persistent = place && kind === "dns-persist-01" ? await findPersistent(place, tx) : undefined;
  if (kind === "dns-persist-01" && !persistent) await promisePreparation(tx, account, { clients }, now);
  return (name) => {
    const wildcard = names.some((one) => one === `*.${baseDomain(name)}`);
    if (persistent) return persistentRecord(persistent, name, wildcard);
    return kind === "http-01" && !wildcard ? undefined : challengeRecord(secret, account, name, challengeZone);
  };
}
