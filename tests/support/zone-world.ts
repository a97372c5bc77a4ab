import { changeRecordSets } from "#dns/change-record-sets.ts";
import { createHostedZone } from "#dns/hosted-zones.ts";
import type { ZoneDeps } from "#dns/zone-deps.ts";
import type { AccountId } from "#domain/names.ts";
import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import type { ChangeAction, RecordChange } from "#domain/zones/record-change.ts";
import { parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import type { RecordType } from "#domain/zones/record-set.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore, type Store } from "#store/store.ts";

/** Zones in a store, with a clock of their own and two load balancers in the product zone. */
export interface ZoneWorld extends ZoneDeps, AsyncDisposable {
  /** Every name that was reported as changed, in order. */
  readonly noticed: string[];
  zone(name: string, account?: AccountId): Promise<HostedZone>;
  /** Lines of `name type ttl value`; `alias:<target>` makes an alias to a load balancer or within the zone. */
  put(zone: HostedZone, ...lines: readonly string[]): Promise<void>;
}

export const ALICE = "111111111111" as AccountId;
export const BOB = "222222222222" as AccountId;
export const WEB = "web-1.eu-west-1.elb.sealkeeper.internal";

export async function zoneWorld(open: () => Promise<Store> = () => openStore("file::memory:")): Promise<ZoneWorld> {
  const store = await open();
  const noticed: string[] = [];
  let moment = Date.UTC(2026, 0, 1);
  const world: ZoneWorld = {
    store,
    clock: {
      now() {
        moment += 1;
        return new Date(moment);
      },
    },
    ids: randomIds,
    product: {
      name: name("sealkeeper.internal"),
      nameServerAddresses: ["127.0.0.53"],
      lookupHost: (host) => Promise.resolve(host === WEB ? ["127.0.0.7", "127.0.0.8"] : undefined),
    },
    onRecordsChanged(_, names) {
      noticed.push(...names);
      return Promise.resolve();
    },
    noticed,
    async zone(text, account = ALICE) {
      const made = { account, name: text, callerReference: randomIds.uuid(), comment: "" };
      return (await createHostedZone(made, world)).zone;
    },
    async put(zone, ...lines) {
      const changes = lines.map((line) => change("UPSERT", zone, line));
      await changeRecordSets({ account: zone.account, zoneId: zone.id, comment: undefined, changes }, world);
    },
    [Symbol.asyncDispose]: () => store.destroy(),
  };
  return world;
}

/** One change, of a line as `put` takes them. Values are parted by ` | `. */
export function change(action: ChangeAction, zone: HostedZone, line: string): RecordChange {
  const [, owner = "", type, ttl, rest = ""] = /^(\S+) (\S+) (\d+) (.*)$/.exec(line) ?? [];
  const [, target] = /^alias:(.*)$/.exec(rest) ?? [];
  const within = name(owner === "@" ? zone.name : `${owner}.${zone.name}`);
  if (target === undefined) {
    const content = { kind: "values", ttl: Number(ttl), values: rest.split(" | ") } as const;
    return { action, set: { name: within, type: type as RecordType, content } };
  }
  const zoneId = name(target).endsWith(zone.name) ? zone.id : "Z32O12XQLNTSW2";
  const content = { kind: "alias", target: name(target), zoneId, evaluateTargetHealth: false } as const;
  return { action, set: { name: within, type: type as RecordType, content } };
}

export function name(text: string): RecordName {
  const parsed = parseRecordName(text);
  if (!parsed) throw new Error(`${text} is no name`);
  return parsed;
}
