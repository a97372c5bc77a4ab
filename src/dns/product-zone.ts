import { zoneIdOfNameServer } from "#domain/zones/hosted-zone.ts";
import { isWithin, type RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { ANY, addressRecords, type DnsRecord, dnsRecord } from "./dns-record.ts";

/** The zone that is Sealkeeper's own: the names of load balancers and of name servers lie in it. Nobody else may speak for it. */
export interface ProductZone {
  /** `sealkeeper.internal.` */
  readonly name: RecordName;
  /** Where this DNS server is reached. */
  readonly nameServerAddresses: readonly string[];
  /** The addresses of a load balancer by its DNS name (lower case, no dot at the end); undefined when there is none of that name. */
  readonly lookupHost: (dnsName: string) => Promise<readonly string[] | undefined>;
  /** Where our answers to the challenges of public CAs stand; it may lie elsewhere. Undefined where no such CA is asked. */
  readonly challenges?: RecordName | undefined;
}

/** What the product zone says to a question; `undefined` records mean that there is no such name. */
export async function productRecords(
  name: RecordName,
  type: number,
  product: ProductZone,
): Promise<readonly DnsRecord[] | undefined> {
  if (name === product.name) return apexRecords(type, product);
  const addresses = await productAddresses(name, product);
  if (!addresses) return isBetween(name, product) ? [] : undefined;
  return [
    ...(type === RECORD_TYPES.A ? addressRecords(name, "A", HOST_TTL, addresses) : []),
    ...(type === RECORD_TYPES.AAAA ? addressRecords(name, "AAAA", HOST_TTL, addresses) : []),
  ];
}

/** The addresses of a name server or a load balancer; undefined when there is none of that name. */
export async function productAddresses(name: RecordName, product: ProductZone): Promise<readonly string[] | undefined> {
  if (!isWithin(name, product.name)) return undefined;
  if (name === mainServer(product) || zoneIdOfNameServer(name, product.name)) return product.nameServerAddresses;
  // AWS's console puts `dualstack.` before a load balancer's name; it is the same load balancer.
  return product.lookupHost(name.slice(0, -1).replace(/^dualstack\./, ""));
}

/** Whether there is nothing at a name but below it (RFC 8020): at what load balancers and name servers have in common. */
function isBetween(name: RecordName, product: ProductZone): boolean {
  return isWithin(name, product.name) && BETWEEN.test(name.slice(0, -product.name.length));
}

export function productSoa(product: ProductZone): DnsRecord {
  const value = `${mainServer(product)} hostmaster.${product.name} 1 7200 900 1209600 ${NEGATIVE_TTL}`;
  return dnsRecord(product.name, "SOA", NEGATIVE_TTL, value);
}

function apexRecords(type: number, product: ProductZone): readonly DnsRecord[] {
  const soa = type === RECORD_TYPES.SOA || type === ANY ? [productSoa(product)] : [];
  const ns = type === RECORD_TYPES.NS ? [dnsRecord(product.name, "NS", SERVER_TTL, mainServer(product))] : [];
  return [...soa, ...ns];
}

const mainServer = (product: ProductZone): RecordName => `ns.${product.name}` as RecordName;

/** `elb`, and regions below; `dns`, and zones below. */
const BETWEEN = /^(([a-z0-9-]{1,63}\.)?elb|(z[a-z0-9]{1,31}\.)?dns)\.$/;
/** AWS answers aliases and load balancers with 60 seconds. */
export const HOST_TTL = 60;
/** A load balancer that was just made must not be missing for long. */
const NEGATIVE_TTL = 5;
const SERVER_TTL = 172_800;
