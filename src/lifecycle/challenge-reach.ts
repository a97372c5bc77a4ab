import { askResolvers, type ResolverDeps } from "#dns/resolver.ts";
import { parseRecordName } from "#domain/zones/record-name.ts";

export type ReachDeps = ResolverDeps;

/**
 * What may keep a public CA from finding our answers to its dns-01 challenges, in words for the operator: that the zone
 * in which they stand is not delegated to us, as far as our resolvers see. Undefined when nothing is found.
 */
export async function unreachedChallenge(
  challengeZone: string,
  unknown: readonly (readonly [name: string, target: string])[],
  deps: ReachDeps,
): Promise<string | undefined> {
  const [first] = unknown;
  if (first) {
    const [name, target] = first;
    return `For its answer by DNS, _acme-challenge.${name.replace(/^\*\./, "")} must be a CNAME to ${target}.`;
  }
  const zone = parseRecordName(challengeZone);
  if (!zone || deps.resolvers.length === 0) return undefined;
  const found = await askResolvers(zone, "SOA", deps);
  if (found.kind === "records") return undefined;
  const said = {
    "no-name": "knows no such name",
    "no-data": "finds no zone of that name",
    failed: found.kind === "failed" ? found.reason : "",
  }[found.kind];
  return `The zone ${challengeZone}, in which the answers stand, is not found through ${found.server}: it ${said}. It must be delegated to this DNS server (docs/public-trust.md).`;
}
