import type { EdgeIngress } from "#domain/edge-config.ts";
import { parseIpAddress } from "#lib/ip-address.ts";
import { parseIpNetwork } from "#lib/ip-network.ts";

/** Whether security groups let a client's address connect to a port of ours. */
export type Ingress = (address: string, port: number, protocol: "tcp" | "udp") => boolean;

/**
 * The rules of a load balancer's security groups as one question. Its cost grows with the logarithm of the rules: for
 * each port that is asked for, the addresses that may use it are worked out once, when it is first asked for. An IPv4
 * address in IPv6 form is that IPv4 address. Undefined rules let everybody in, an empty list nobody.
 */
export function compileIngress(rules: readonly EdgeIngress[] | undefined): Ingress {
  if (rules === undefined) return () => true;
  const sources = { tcp: new Map<number, Source>(), udp: new Map<number, Source>() };
  return (address, port, protocol) => {
    const known = sources[protocol].get(port);
    if (known) return known(address);
    const source = compileSource(rules.filter((rule) => concerns(rule, port, protocol)));
    sources[protocol].set(port, source);
    return source(address);
  };
}

type Source = (address: string) => boolean;

function concerns(rule: EdgeIngress, port: number, protocol: "tcp" | "udp"): boolean {
  return rule.protocol === "any" || (rule.protocol === protocol && rule.fromPort <= port && port <= rule.toPort);
}

function compileSource(rules: readonly EdgeIngress[]): Source {
  const four: Range<number>[] = [];
  const six: Range<bigint>[] = [];
  for (const { cidr } of rules) {
    const network = parseIpNetwork(cidr);
    if (network === undefined) continue; // nobody has an address in what is no network
    const { bytes, bits } = network;
    if (bytes.length === 4) {
      const size = 2 ** (32 - bits);
      const first = bytes.readUInt32BE() - (bytes.readUInt32BE() % size);
      four.push({ first, last: first + size - 1 });
    } else {
      const size = 1n << BigInt(128 - bits);
      const first = wide(bytes) - (wide(bytes) % size);
      six.push({ first, last: first + size - 1n });
    }
  }
  const inFour = contains(merged(four));
  const inSix = contains(merged(six));
  return (text) => {
    const number = ipv4(text, text.startsWith(MAPPED) ? MAPPED.length : 0);
    if (number >= 0) return inFour(number);
    const zone = text.indexOf("%");
    const bytes = parseIpAddress(zone < 0 ? text : text.slice(0, zone));
    if (bytes?.length !== 16) return false;
    const value = wide(bytes);
    return value >> 32n === MAPPED_PREFIX ? inFour(bytes.readUInt32BE(12)) : inSix(value);
  };
}

interface Range<Address> {
  readonly first: Address;
  readonly last: Address;
}

/** Ranges in order, those that overlap as one. */
function merged<Address extends number | bigint>(ranges: readonly Range<Address>[]): readonly Range<Address>[] {
  const result: { first: Address; last: Address }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = result.at(-1);
    if (before && first <= before.last) before.last = last > before.last ? last : before.last;
    else result.push({ first, last });
  }
  return result;
}

/** By halving: the last range that begins at or before the address holds it, or none does. */
function contains<Address extends number | bigint>(ranges: readonly Range<Address>[]): (address: Address) => boolean {
  return (address) => {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range && range.first <= address) low = middle + 1;
      else high = middle;
    }
    const range = ranges[low - 1];
    return range !== undefined && address <= range.last;
  };
}

/** The number of a dotted address from `start` on; -1 for anything else. */
function ipv4(text: string, start: number): number {
  let result = 0;
  let octet = -1;
  let dots = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT && octet >= 0 && dots < 3) {
      result = result * 256 + octet;
      octet = -1;
      dots++;
    } else if (code >= ZERO && code <= NINE) {
      octet = (octet < 0 ? 0 : octet * 10) + code - ZERO;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? result * 256 + octet : -1;
}

function wide(bytes: Buffer): bigint {
  return (bytes.readBigUInt64BE(0) << 64n) | bytes.readBigUInt64BE(8);
}

const MAPPED = "::ffff:";
/** RFC 4291 section 2.5.5.2. */
const MAPPED_PREFIX = 0xffffn;
const ZERO = 48;
const NINE = 57;
const DOT = 46;
