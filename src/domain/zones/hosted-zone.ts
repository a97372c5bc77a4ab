import type { AccountId } from "#domain/names.ts";
import { isWithin, labelsOf, type RecordName } from "./record-name.ts";

/** A zone that its account keeps here. */
export interface HostedZone {
  /** `Z…`, upper case. */
  readonly id: string;
  readonly account: AccountId;
  readonly name: RecordName;
  readonly callerReference: string;
  readonly comment: string;
  readonly createdAt: Date;
  readonly recordSetCount: number;
}

/** The four name servers of a zone. Their names carry the zone's id, so a delegation says which zone it means. */
export function nameServersOf(zoneId: string, product: RecordName): readonly RecordName[] {
  return [1, 2, 3, 4].map((number) => `ns-${number}.${zoneId.toLowerCase()}.dns.${product}` as RecordName);
}

/** The zone whose name server this is; undefined when it is none of ours. */
export function zoneIdOfNameServer(server: RecordName, product: RecordName): string | undefined {
  if (!isWithin(server, product)) return undefined;
  const own = server.slice(0, -product.length);
  return /^ns-[1-4]\.(z[a-z0-9]{1,31})\.dns\.$/.exec(own)?.[1]?.toUpperCase();
}

/**
 * Whether nobody may keep this zone here because it would swallow the names of others: a public top-level domain. Names
 * of one label are for the top-level domains that RFC 6761, RFC 6762 (appendix G) and ICANN keep out of the public DNS.
 */
export function isReserved(name: RecordName): boolean {
  const [label, ...more] = labelsOf(name);
  return more.length === 0 && !PRIVATE_TOP_LEVELS.includes(label ?? "");
}

const PRIVATE_TOP_LEVELS: readonly string[] = [
  "alt",
  "corp",
  "example",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localhost",
  "private",
  "test",
];
