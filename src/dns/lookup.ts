import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import { commonAncestor, isWithin, parseRecordName, type RecordName, wildcardAt } from "#domain/zones/record-name.ts";
import { RECORD_TYPES, type RecordSet } from "#domain/zones/record-set.ts";
import { readWireName } from "#domain/zones/wire-name.ts";
import { hasNamesWithin, neighboursOf, recordSetsAt } from "#store/record-sets.ts";
import { lookUpChallenge } from "./challenge-zone.ts";
import { ANY, addressRecords, type DnsRecord, dnsRecord } from "./dns-record.ts";
import { HOST_TTL, type ProductZone, productAddresses, productRecords, productSoa } from "./product-zone.ts";
import { findSpeaker, type LookupDeps } from "./speaker.ts";

/** What our zones say to one question, before any CNAME is followed. */
export type Lookup =
  | { readonly kind: "not-ours" }
  | { readonly kind: "found"; readonly records: readonly DnsRecord[] }
  | { readonly kind: "cname"; readonly record: DnsRecord; readonly target: RecordName }
  /** The name exists, without records of this type. */
  | { readonly kind: "no-data"; readonly soa: DnsRecord }
  | { readonly kind: "no-name"; readonly soa: DnsRecord }
  /** Somebody else's servers know. */
  | { readonly kind: "referral"; readonly servers: readonly DnsRecord[]; readonly glue: readonly DnsRecord[] };

/**
 * Looks one name and type up: a handful of index reads, however many zones there are. It answers only from the zone that
 * has the right to speak for the name (speaker.ts).
 */
export async function lookUp(name: RecordName, type: number, deps: LookupDeps): Promise<Lookup> {
  const { challenges } = deps.product;
  if (challenges && isWithin(name, challenges)) return lookUpChallenge(name, type, challenges, deps);
  if (isWithin(name, deps.product.name)) return lookUpProduct(name, type, deps.product);
  const speaker = await findSpeaker(name, type, deps);
  if (!speaker) return NOT_OURS;
  const { zone, sets, cut } = speaker;
  return cut ? referral(zone, cut, deps) : answerFrom(zone, name, type, sets, deps);
}

async function lookUpProduct(name: RecordName, type: number, product: ProductZone): Promise<Lookup> {
  const records = await productRecords(name, type, product);
  const soa = productSoa(product);
  if (!records) return { kind: "no-name", soa };
  return records.length > 0 ? { kind: "found", records } : { kind: "no-data", soa };
}

async function referral(zone: HostedZone, set: RecordSet, deps: LookupDeps): Promise<Lookup> {
  const servers = valuesOf(set).map(({ ttl, value }) => dnsRecord(set.name, "NS", ttl, value));
  const hosts = valuesOf(set).flatMap(({ value }) => parseRecordName(value) ?? []);
  const inZone = hosts.filter((host) => isWithin(host, zone.name));
  const glue = (await recordSetsAt(deps.store, zone.id, inZone, ["A", "AAAA"])).flatMap((found) =>
    valuesOf(found).map(({ ttl, value }) => dnsRecord(found.name, found.type, ttl, value)),
  );
  const own = await Promise.all(
    hosts.map(async (host) => addressesOf(host, (await productAddresses(host, deps.product)) ?? [])),
  );
  return { kind: "referral", servers, glue: [...glue, ...own.flat()] };
}

async function answerFrom(
  zone: HostedZone,
  name: RecordName,
  type: number,
  sets: readonly RecordSet[],
  deps: LookupDeps,
): Promise<Lookup> {
  const exact = sets.filter((set) => set.name === name);
  if (exact.length > 0) return fromSets(zone, name, type, exact, deps);
  const { before, after } = await neighboursOf(deps.store, zone.id, name);
  if (after && isWithin(after, name)) return noRecord("no-data", zone, deps); // an empty non-terminal
  const wildcard = wildcardAt(closestEncloser(name, [before, after]));
  const synthesized = await recordSetsAt(deps.store, zone.id, [wildcard]);
  if (synthesized.length > 0) return fromSets(zone, name, type, synthesized, deps);
  const exists = await hasNamesWithin(deps.store, zone.id, wildcard);
  return noRecord(exists ? "no-data" : "no-name", zone, deps);
}

/** RFC 4592 §3.3.1: the longest existing name above `name`. It is above one of its neighbours in the zone's order, too. */
function closestEncloser(name: RecordName, neighbours: readonly (RecordName | undefined)[]): RecordName {
  const shared = neighbours.flatMap((neighbour) => (neighbour ? [commonAncestor(name, neighbour)] : []));
  return shared.reduce((longest, one) => (one.length > longest.length ? one : longest));
}

/** What the sets at a name, or at the wildcard that stands for it, say. */
async function fromSets(
  zone: HostedZone,
  name: RecordName,
  type: number,
  sets: readonly RecordSet[],
  deps: LookupDeps,
): Promise<Lookup> {
  if (type === ANY) return { kind: "found", records: [minimalAny(name)] };
  const asked = sets.find((set) => RECORD_TYPES[set.type] === type);
  if (asked) {
    const records = await recordsOf(zone, name, asked, deps);
    return records.length > 0 ? { kind: "found", records } : noRecord("no-data", zone, deps);
  }
  const cname = sets.find((set) => set.type === "CNAME");
  const [record] = cname ? await recordsOf(zone, name, cname, deps) : [];
  const target = record && readWireName(record.data, 0)?.name;
  return record && target ? { kind: "cname", record, target } : noRecord("no-data", zone, deps);
}

/** The records of a set under `name`, an alias replaced by what it points to. */
async function recordsOf(
  zone: HostedZone,
  name: RecordName,
  set: RecordSet,
  { store, product }: LookupDeps,
): Promise<readonly DnsRecord[]> {
  let current: RecordSet | undefined = set;
  for (let hops = 0; current && hops < MOST_ALIASES; hops += 1) {
    const { type, content }: RecordSet = current;
    if (content.kind === "values") {
      return content.values.map((value) => dnsRecord(name, type, content.ttl, value));
    }
    if (content.zoneId !== zone.id) {
      const addresses = (await productAddresses(content.target, product)) ?? [];
      return type === "A" || type === "AAAA" ? addressRecords(name, type, HOST_TTL, addresses) : [];
    }
    [current] = await recordSetsAt(store, zone.id, [content.target], [type]);
  }
  return [];
}

/** Negative answers carry the SOA, for as long as its minimum says (RFC 2308 §3). */
async function noRecord(kind: "no-data" | "no-name", zone: HostedZone, deps: LookupDeps): Promise<Lookup> {
  const [set] = await recordSetsAt(deps.store, zone.id, [zone.name], ["SOA"]);
  const [soa] = set ? await recordsOf(zone, zone.name, set, deps) : [];
  // The zone was removed between two reads; nothing of it is left to say.
  if (!soa) return NOT_OURS;
  return { kind, soa: { ...soa, ttl: Math.min(soa.ttl, soa.data.readUInt32BE(soa.data.length - 4)) } };
}

function valuesOf({ content }: RecordSet): readonly { readonly ttl: number; readonly value: string }[] {
  return content.kind === "values" ? content.values.map((value) => ({ ttl: content.ttl, value })) : [];
}

function addressesOf(host: RecordName, addresses: readonly string[]): readonly DnsRecord[] {
  return (["A", "AAAA"] as const).flatMap((type) => addressRecords(host, type, HOST_TTL, addresses));
}

/** RFC 8482 §4.2: whoever asks for everything gets next to nothing. */
function minimalAny(name: RecordName): DnsRecord {
  return { name, type: HINFO, ttl: 3600, data: Buffer.from("\u0007RFC8482\u0000", "latin1"), value: '"RFC8482" ""' };
}

const NOT_OURS: Lookup = { kind: "not-ours" };
const HINFO = 13;
const MOST_ALIASES = 8;
