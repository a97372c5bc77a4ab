import { rdata } from "#domain/zones/rdata/rdata.ts";
import type { RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES, type RecordType } from "#domain/zones/record-set.ts";

/** One record as it stands in a message. */
export interface DnsRecord {
  readonly name: RecordName;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly data: Buffer;
  /** The data in zone-file form, as it was given. */
  readonly value: string;
}

/** A record of a value in zone-file form that has been checked before. */
export function dnsRecord(name: RecordName, type: RecordType, ttl: number, value: string): DnsRecord {
  return { name, type: RECORD_TYPES[type], ttl, data: rdata(type, value), value };
}

/** A or AAAA records for those of the addresses that are of the type. */
export function addressRecords(
  name: RecordName,
  type: "A" | "AAAA",
  ttl: number,
  addresses: readonly string[],
): readonly DnsRecord[] {
  return addresses
    .filter((address) => address.includes(":") === (type === "AAAA"))
    .map((address) => dnsRecord(name, type, ttl, address));
}

/** Types that only questions have. */
export const ANY = 255;
