import { askResolvers, type ResolverDeps } from "#dns/resolver.ts";
import { parseRecordName } from "#domain/zones/record-name.ts";

export type ReachDeps = ResolverDeps;

/**
 * What may keep a public CA from finding our answers to its dns-01 challenges, in words for the operator: a record that
 * the owner of a name was never told of (`untold`), or that the zone in which the answers stand does not lead to us, as
 * far as our resolvers see. Undefined when nothing is found.
 */
export async function unreachedChallenge(
  challengeZone: string,
  untold: readonly (readonly [name: string, target: string])[],
  deps: ReachDeps,
): Promise<string | undefined> {
  const [first] = untold;
  if (first) {
    const [name, target] = first;
    return `For its answer by DNS, _acme-challenge.${name.replace(/^\*\./, "")} must be a CNAME to ${target}.`;
  }
  // Our server knows this name, whether the zone is a part of the product's or one of its own.
  const known = parseRecordName(`ns.${challengeZone}`);
  if (!known || deps.resolvers.length === 0) return undefined;
  const found = await askResolvers(known, "A", deps);
  if (found.kind === "records" || found.kind === "no-data") return undefined;
  const said = found.kind === "failed" ? found.reason : "knows no such name";
  return `The zone ${challengeZone}, in which the answers stand, is not found: ${found.server} ${said}. It must be delegated to this DNS server (docs/public-trust.md).`;
}
