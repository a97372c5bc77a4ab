import { shownName } from "#dns/resolved-record.ts";
import { findSpeaker, type Speaker } from "#dns/speaker.ts";
import { publicSuffix } from "#domain/certificate/public-suffix.ts";
import { type AccountId, parseDomainName } from "#domain/names.ts";
import { type HostedZone, zoneIdOfNameServer } from "#domain/zones/hosted-zone.ts";
import { ancestry, parentOf, type RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { zonesByName } from "#store/zones.ts";
import { has } from "./record-mistake.ts";
import type { View, ViewDeps } from "./view.ts";
import { within } from "./within.ts";

interface HostedZoneFinding {
  readonly mistake: string | undefined;
  /** One of our own zones speaks for the record's name: nobody else is asked. */
  readonly isHosted: boolean;
}

/** Looks whether a hosted zone of ours is the cause: it is not the one that is asked, or not the one that the world asks. */
export async function findHostedZoneMistake(
  start: RecordName,
  expected: string,
  view: View,
  { account, thorough }: { readonly account: string | undefined; readonly thorough: boolean },
  deps: ViewDeps,
): Promise<HostedZoneFinding> {
  const speaker = await findSpeaker(start, RECORD_TYPES.CNAME, deps);
  const isHosted = speaker !== undefined && speaker.cut === undefined;
  const unheard = account === undefined ? undefined : await unheardZone(start, account as AccountId, speaker, deps);
  if (unheard !== undefined) return { isHosted, mistake: unheard };
  if (!isHosted || !thorough) return { isHosted, mistake: undefined };
  return { isHosted, mistake: await within(TOGETHER, worldElsewhere(speaker.zone, start, expected, view, deps)) };
}

/** A zone of the account that would hold the record but does not speak for it. */
async function unheardZone(
  start: RecordName,
  account: AccountId,
  speaker: Speaker | undefined,
  deps: ViewDeps,
): Promise<string | undefined> {
  for (const name of ancestry(parentOf(start)).slice(0, MOST_LEVELS)) {
    if (speaker?.cut === undefined && speaker?.zone.name === name && speaker.zone.account === account) {
      const [, younger] = await zonesOf(account, name, deps);
      return younger && twoZones(speaker.zone, younger, start);
    }
    const [zone] = await zonesOf(account, name, deps);
    if (!zone || zone.id === speaker?.zone.id) continue;
    const shown = `${shownName(name)} (${zone.id})`;
    if (speaker?.zone.name === name) {
      return `Your hosted zone ${shown} is not believed: another account has an older zone of that name.`;
    }
    if (speaker?.cut?.name === name) {
      return `Your hosted zone ${shown} is not asked: the zone ${shownName(speaker.zone.name)} delegates that name to servers elsewhere.`;
    }
    if (speaker) {
      return `Your hosted zone ${shown} is not believed: ${shownName(speaker.zone.name)} is a zone of another account, which does not delegate to it.`;
    }
  }
  return undefined;
}

function zonesOf(account: AccountId, name: RecordName, deps: ViewDeps): Promise<readonly HostedZone[]> {
  return zonesByName(deps.store, account, { name, id: "" }, 2).then((zones) =>
    zones.filter((zone) => zone.name === name).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
  );
}

function twoZones(elder: HostedZone, younger: HostedZone, start: RecordName): string {
  return `There are two hosted zones ${shownName(elder.name)}: the older one, ${elder.id}, is asked, and ${shownName(start)} must stand there, not in ${younger.id}.`;
}

/** We ask our own zone; whoever runs the domain for the world may have written the record there. Private names are not told. */
async function worldElsewhere(
  zone: HostedZone,
  start: RecordName,
  expected: string,
  view: View,
  deps: ViewDeps,
): Promise<string | undefined> {
  const domain = parseDomainName(shownName(zone.name));
  if (!domain || publicSuffix(domain).kind !== "below") return undefined;
  const abroad = await view.askAbroad(zone.name, "NS");
  if (abroad.kind !== "records" || abroad.at !== zone.name) return undefined;
  const names = abroad.records.map(({ target }) => target);
  if (names.some((name) => zoneIdOfNameServer(name, deps.product.name) !== undefined)) return undefined;
  const there = await view.askAbroad(start, "CNAME");
  const shown = abroad.records.map(({ value }) => value).slice(0, MOST_SHOWN);
  const where = `${shownName(zone.name)} is a hosted zone here (${zone.id}), which is asked; the world's name servers for it are ${shown.join(", ")}`;
  return has(there, expected)
    ? `${where}, where the record stands. Create it in the hosted zone as well, or delete that zone.`
    : `${where}. The record must be created in the hosted zone.`;
}

const TOGETHER: Millis = 3 * SECOND;
const MOST_LEVELS = 6;
const MOST_SHOWN = 4;
