import { shownName } from "#dns/resolved-record.ts";
import { askResolvers } from "#dns/resolver.ts";
import { findSpeaker } from "#dns/speaker.ts";
import { isPrivateName, type NamePolicy } from "#domain/certificate/public-names.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import type { DomainName } from "#domain/names.ts";
import { nameServersOf, zoneIdOfNameServer } from "#domain/zones/hosted-zone.ts";
import type { RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { type Check, type Found, failed, passed, warning } from "#rehearsal/check.ts";
import { recordName, type ViewDeps } from "#validation/view.ts";

/**
 * Whether the world asks our name servers about the zones that are kept here. Our CA believes our own zones and does not
 * mind; a public CA asks the world.
 */
export const delegation: Check<ViewDeps & NamePolicy> = {
  name: "DELEGATION",
  async look({ state, proofs }, deps) {
    if (deps.resolvers.length === 0) return []; // there is no world to ask
    const domains = [...new Set(proofs.filter(({ method }) => method === "DNS").map((proof) => proof.domainName))];
    const zones = await ownZones(domains, deps);
    const judge = state.authority === "upstream" ? failed : warning;
    const found = await Promise.all(zones.map((zone) => delegated(zone, judge, deps)));
    return found.flat();
  },
};

interface OwnZone {
  readonly id: string;
  readonly name: RecordName;
  readonly domainName: DomainName;
}

/** The zones kept here that speak for these names, private ones left out: nobody delegates to them. */
async function ownZones(domains: readonly DomainName[], deps: ViewDeps & NamePolicy): Promise<readonly OwnZone[]> {
  const zones = new Map<string, OwnZone>();
  for (const domainName of domains) {
    if (isPrivateName(domainName, deps.privateNames)) continue;
    const speaker = await findSpeaker(recordName(baseDomain(domainName)), RECORD_TYPES.CNAME, deps);
    if (speaker && !speaker.cut) zones.set(speaker.zone.id, { ...speaker.zone, domainName });
  }
  return [...zones.values()].slice(0, MOST_ZONES);
}

async function delegated({ id, name, domainName }: OwnZone, judge: typeof failed, deps: ViewDeps): Promise<Found> {
  const answer = await askResolvers(name, "NS", deps);
  const shown = shownName(name);
  const asked = { name: shown, type: "NS", server: answer.server };
  const ours = nameServersOf(id, deps.product.name).map(shownName);
  if (answer.kind === "failed") {
    return warning(`Who serves ${shown} for the world could not be looked up: ${answer.server} ${answer.reason}.`, {
      domainName,
      lookups: [{ ...asked, failure: answer.reason }],
    });
  }
  const servers = answer.kind === "records" ? answer.records : [];
  if (servers.some(({ target }) => zoneIdOfNameServer(target, deps.product.name) === id)) {
    return passed(`${shown} is delegated to us.`);
  }
  const there = servers.map(({ value }) => value).slice(0, MOST_SHOWN);
  const lookups =
    there.length > 0 ? there.map((value) => ({ ...asked, answer: value })) : [{ ...asked, failure: "none" }];
  const now = there.length > 0 ? `its parent delegates it to ${there.join(", ")}` : "its parent delegates it to nobody";
  return judge(
    `The zone ${shown} (${id}) is kept here, but ${now}. At the registrar, its name servers must be ${ours.join(", ")}.`,
    {
      domainName,
      lookups,
    },
  );
}

const MOST_ZONES = 10;
const MOST_SHOWN = 4;
