import { isWithin, type RecordName } from "#domain/zones/record-name.ts";
import { findChallengeValues } from "#store/challenge-answers.ts";
import type { Db } from "#store/store.ts";
import { ANY, addressRecords, type DnsRecord, dnsRecord } from "./dns-record.ts";
import type { Lookup } from "./lookup.ts";
import { type ProductZone, productSoa } from "./product-zone.ts";

/**
 * What is said of names at and below `zone`, in which public CAs find our answers to their challenges (RFC 8555 section
 * 8.4), at the end of the CNAMEs that owners of domains have written. It is a part of the product zone, or a zone of its
 * own that is delegated here; what stands in it is there for a moment only.
 */
export async function lookUpChallenge(
  name: RecordName,
  type: number,
  zone: RecordName,
  { store, product }: { readonly store: Db; readonly product: ProductZone },
): Promise<Lookup> {
  const isPart = isWithin(zone, product.name);
  const soa = productSoa(isPart ? product : { ...product, name: zone });
  const records =
    name === zone ? apexRecords(zone, isPart ? undefined : soa) : await recordsAt(name, zone, store, product);
  const asked = records.filter((record) => record.type === type || type === ANY);
  if (asked.length > 0) return { kind: "found", records: asked };
  return { kind: name === zone || records.length > 0 ? "no-data" : "no-name", soa };
}

/** A zone of its own has what every zone has; a part of the product zone does not begin one. */
function apexRecords(zone: RecordName, soa: DnsRecord | undefined): readonly DnsRecord[] {
  return soa ? [soa, dnsRecord(zone, "NS", SERVER_TTL, nameServer(zone))] : [];
}

async function recordsAt(
  name: RecordName,
  zone: RecordName,
  store: Db,
  { nameServerAddresses }: ProductZone,
): Promise<readonly DnsRecord[]> {
  if (name === nameServer(zone)) {
    return (["A", "AAAA"] as const).flatMap((type) => addressRecords(name, type, SERVER_TTL, nameServerAddresses));
  }
  const values = await findChallengeValues(store, "dns-01", name.slice(0, -1));
  return values.map((value) => dnsRecord(name, "TXT", ANSWER_TTL, `"${value}"`));
}

/** The same that the SOA names. */
const nameServer = (zone: RecordName): RecordName => `ns.${zone}` as RecordName;

const SERVER_TTL = 3600;
/** An answer to the next challenge must not be hidden by the one before. */
const ANSWER_TTL = 1;
