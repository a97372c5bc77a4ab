import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { type HostedZone, isReserved, nameServersOf } from "#domain/zones/hosted-zone.ts";
import { isWithin, NAME_PROBLEMS, type RecordName, readRecordName } from "#domain/zones/record-name.ts";
import type { RecordSet } from "#domain/zones/record-set.ts";
import { putRecordSets } from "#store/record-sets.ts";
import type { Tx } from "#store/store.ts";
import { insertZoneChange, type ZoneChange } from "#store/zone-changes.ts";
import {
  countZones,
  deleteZone,
  findZoneOf,
  holdZone,
  insertZone,
  setZoneComment,
  zonesById,
  zonesByName,
} from "#store/zones.ts";
import { newZoneId, type ZoneDeps } from "./zone-deps.ts";

export interface NewZone {
  readonly account: AccountId;
  readonly name: string;
  readonly callerReference: string;
  readonly comment: string;
}

/**
 * Makes a zone with its SOA and NS record sets. Refuses `zone-name-invalid` for a name that is none or would swallow a
 * public top-level domain, `zone-caller-reference-used` for a reference that the account has used for a zone it has.
 */
export function createHostedZone(
  { account, name: text, callerReference, comment }: NewZone,
  deps: ZoneDeps,
): Promise<{ readonly zone: HostedZone; readonly change: ZoneChange }> {
  const name = zoneName(text, deps.product.name);
  const id = newZoneId("Z", deps.ids);
  const sets = firstRecordSets(id, name, deps.product.name);
  const createdAt = deps.clock.now();
  const zone = { id, account, name, callerReference, comment, createdAt, recordSetCount: sets.length };
  return deps.store.transaction().execute(async (tx) => {
    if (!(await insertZone(tx, zone))) {
      throw new Refusal(
        "zone-caller-reference-used",
        "A hosted zone has already been created with the specified caller reference.",
      );
    }
    await putRecordSets(tx, id, sets);
    await deps.onRecordsChanged(tx, [name]);
    return { zone, change: await recordChange(tx, zone, undefined, deps) };
  });
}

/** Removes a zone that holds nothing but its SOA and NS. Refuses `zone-not-found`, `zone-not-empty`. */
export function deleteHostedZone(account: AccountId, id: string, deps: ZoneDeps): Promise<ZoneChange> {
  return deps.store.transaction().execute(async (tx) => {
    const zone = (await holdZone(tx, account, id)) ?? noSuchZone(id);
    if (zone.recordSetCount > OWN_RECORD_SETS) {
      throw new Refusal(
        "zone-not-empty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
      );
    }
    await deleteZone(tx, zone);
    await deps.onRecordsChanged(tx, [zone.name]);
    return recordChange(tx, zone, undefined, deps);
  });
}

/** The account's zone. Refuses `zone-not-found`. */
export async function hostedZone(
  account: AccountId,
  id: string,
  { store }: Pick<ZoneDeps, "store">,
): Promise<HostedZone> {
  return (await findZoneOf(store, account, id)) ?? noSuchZone(id);
}

/** The account's zones by id, `limit` of them, from an id on. */
export function listHostedZones(
  account: AccountId,
  from: string | undefined,
  limit: number,
  { store }: Pick<ZoneDeps, "store">,
): Promise<readonly HostedZone[]> {
  return zonesById(store, account, from, limit);
}

/** The account's zones by name in DNS order, `limit` of them, from a name and id on. */
export function listHostedZonesByName(
  account: AccountId,
  from: { readonly name: RecordName; readonly id: string } | undefined,
  limit: number,
  { store }: Pick<ZoneDeps, "store">,
): Promise<readonly HostedZone[]> {
  return zonesByName(store, account, from, limit);
}

export function countHostedZones(account: AccountId, { store }: Pick<ZoneDeps, "store">): Promise<number> {
  return countZones(store, account);
}

/** Refuses `zone-not-found`. */
export function commentHostedZone(
  account: AccountId,
  id: string,
  comment: string,
  { store }: Pick<ZoneDeps, "store">,
): Promise<HostedZone> {
  return store.transaction().execute(async (tx) => {
    const zone = (await holdZone(tx, account, id)) ?? noSuchZone(id);
    await setZoneComment(tx, id, comment);
    return { ...zone, comment };
  });
}

/** Notes an accepted change: it is in effect as soon as it commits. */
export async function recordChange(
  tx: Tx,
  { id: zoneId, account }: Pick<HostedZone, "id" | "account">,
  comment: string | undefined,
  { clock, ids }: Pick<ZoneDeps, "clock" | "ids">,
): Promise<ZoneChange> {
  const change = { id: newZoneId("C", ids), account, zoneId, comment, submittedAt: clock.now() };
  await insertZoneChange(tx, change);
  return change;
}

export function noSuchZone(id: string): never {
  throw new Refusal("zone-not-found", `No hosted zone found with ID: ${id}`);
}

function zoneName(text: string, product: RecordName): RecordName {
  const read = readRecordName(text);
  if ("problem" in read) {
    const problem = `${read.problem} (${NAME_PROBLEMS[read.problem]})`;
    throw new Refusal("zone-name-invalid", `FATAL problem: ${problem} encountered with '${text}'`);
  }
  if (isReserved(read.name)) {
    throw new Refusal("zone-name-invalid", `${read.name} is reserved: it is a public top-level domain`);
  }
  if (isWithin(read.name, product)) {
    throw new Refusal(
      "zone-name-invalid",
      `${read.name} is reserved: it lies within ${product}, which is Sealkeeper's own`,
    );
  }
  return read.name;
}

/** As on AWS: a day of negative answers at most, two days for the name servers. */
function firstRecordSets(id: string, name: RecordName, product: RecordName): readonly RecordSet[] {
  const servers = nameServersOf(id, product);
  const soa = `${servers[0]} hostmaster.${product} 1 7200 900 1209600 86400`;
  return [
    { name, type: "NS", content: { kind: "values", ttl: 172_800, values: servers } },
    { name, type: "SOA", content: { kind: "values", ttl: 900, values: [soa] } },
  ];
}

const OWN_RECORD_SETS = 2;
