import { type Authority, successor } from "#domain/zones/authority.ts";
import { type HostedZone, zoneIdOfNameServer } from "#domain/zones/hosted-zone.ts";
import { ancestry, parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES, type RecordSet } from "#domain/zones/record-set.ts";
import { recordSetsOnPath } from "#store/record-sets.ts";
import type { Db } from "#store/store.ts";
import { eldestZones, findZone } from "#store/zones.ts";
import type { ProductZone } from "./product-zone.ts";

export interface LookupDeps {
  readonly store: Db;
  readonly product: ProductZone;
}

/** The zone that has the right to speak for a name. */
export interface Speaker {
  readonly zone: HostedZone;
  /** What stands at the name. */
  readonly sets: readonly RecordSet[];
  /** The NS record set by which the zone hands the name to servers elsewhere. */
  readonly cut: RecordSet | undefined;
}

/** Walks down from the shortest name to `name` and asks at each who speaks from here on (domain/zones/authority.ts). */
export async function findSpeaker(name: RecordName, type: number, deps: LookupDeps): Promise<Speaker | undefined> {
  const path = ancestry(name).toReversed();
  const eldest = new Map((await eldestZones(deps.store, path)).map((zone) => [zone.name, zone]));
  let authority: Authority<HostedZone> | undefined;
  let sets: readonly RecordSet[] = [];
  for (const [depth, at] of path.entries()) {
    const servers = authority && sets.find((set) => set.name === at && set.type === "NS");
    // RFC 4035 §3.1.4.1: the DS of a delegation is the parent's.
    if (servers && at === name && type === RECORD_TYPES.DS) break;
    const delegation = servers && { zone: await delegate(servers, deps) };
    const step = successor(authority, { eldest: eldest.get(at), delegation });
    if (step.kind === "cut" && authority) return { zone: authority.zone, sets, cut: servers };
    if (step.kind !== "descend") continue;
    authority = step.to;
    sets = await recordSetsOnPath(deps.store, authority.zone.id, path.slice(depth + 1), name);
  }
  return authority && { zone: authority.zone, sets, cut: undefined };
}

/** The zone of ours that an NS record set hands its name to. */
async function delegate({ name, content }: RecordSet, deps: LookupDeps): Promise<HostedZone | undefined> {
  const servers = content.kind === "values" ? content.values : [];
  for (const server of servers) {
    const host = parseRecordName(server);
    const id = host && zoneIdOfNameServer(host, deps.product.name);
    const zone = id === undefined ? undefined : await findZone(deps.store, id);
    if (zone?.name === name) return zone;
  }
  return undefined;
}
