import { type IpNetwork, isInNetwork, parseIpNetwork } from "#lib/ip-network.ts";

/**
 * Why no connection is made to an address that strangers chose: it belongs to this machine, to the networks around it,
 * to a cloud's metadata service, or to nobody. Undefined where it may be asked: it is public, or one of the networks that
 * were allowed.
 */
export function addressObjection(address: string, allowed: readonly IpNetwork[]): string | undefined {
  if (allowed.some((network) => isInNetwork(address, network))) return undefined;
  const special = SPECIAL.find(([network]) => isInNetwork(address, network));
  if (special) return `is ${special[1]}`;
  if (isInNetwork(address, IPV4) || isInNetwork(address, GLOBAL_UNICAST)) return undefined;
  return "is not a public address";
}

function network(text: string): IpNetwork {
  const parsed = parseIpNetwork(text);
  if (!parsed) throw new Error(`${text} is no network`);
  return parsed;
}

const IPV4 = network("0.0.0.0/0");
/** All that IANA has given out of IPv6 for the public. */
const GLOBAL_UNICAST = network("2000::/3");

/** IANA's registries of special-purpose addresses (RFC 6890), and the metadata services that lie elsewhere. */
const SPECIAL: readonly (readonly [network: IpNetwork, what: string])[] = (
  [
    ["0.0.0.0/8", "an address of this network"],
    ["10.0.0.0/8", "a private address"],
    ["100.64.0.0/10", "a carrier's internal address"],
    ["127.0.0.0/8", "a loopback address"],
    ["169.254.0.0/16", "a link-local address"],
    ["172.16.0.0/12", "a private address"],
    ["192.0.0.0/24", "a special address"],
    ["192.0.2.0/24", "for documentation"],
    ["192.88.99.0/24", "a special address"],
    ["192.168.0.0/16", "a private address"],
    ["198.18.0.0/15", "for benchmarks"],
    ["198.51.100.0/24", "for documentation"],
    ["203.0.113.0/24", "for documentation"],
    ["224.0.0.0/4", "a multicast address"],
    ["240.0.0.0/4", "a reserved address"],
    ["168.63.129.16/32", "a cloud's metadata service"],
    ["::/128", "an address of this network"],
    ["::1/128", "a loopback address"],
    ["2001::/23", "a special address"],
    ["2001:db8::/32", "for documentation"],
    ["2002::/16", "a special address"],
    ["3fff::/20", "for documentation"],
    ["fc00::/7", "a private address"],
    ["fe80::/10", "a link-local address"],
    ["ff00::/8", "a multicast address"],
  ] as const
).map(([text, what]) => [network(text), what] as const);
