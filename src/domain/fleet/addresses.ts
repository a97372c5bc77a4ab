import { type AddressRange, addressAt, parseIpv4 } from "#domain/balancers/addresses.ts";

/**
 * The IPv4 addresses that an edge has for load balancers: a block of at most 65,536 (`10.0.0.16/28`), all of it, or a single
 * address. Undefined for anything else, and for a block that does not begin where its prefix says.
 */
export function parseEdgeAddresses(text: string): AddressRange | undefined {
  const [, base = "", bits = "32"] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const first = parseIpv4(base);
  const prefix = Number(bits);
  if (first === undefined || prefix > 32 || prefix < 16) return undefined;
  const size = 2 ** (32 - prefix);
  const isUsable = first % size === 0 && first >= FIRST && first < MULTICAST;
  return isUsable ? { first, size } : undefined;
}

/** Whether two blocks have an address in common. */
export function overlap(one: AddressRange, other: AddressRange): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}

/** An address that nobody has, or else one that the fewest load balancers have. */
export function leastUsedAddress(range: AddressRange, uses: ReadonlyMap<string, number>): string {
  let best = addressAt(range, 0);
  for (let place = 0; place < range.size; place++) {
    const address = addressAt(range, place);
    const count = uses.get(address) ?? 0;
    if (count === 0) return address;
    if (count < (uses.get(best) ?? 0)) best = address;
  }
  return best;
}

/** 1.0.0.0, and 224.0.0.0 (RFC 5771). */
const FIRST = 2 ** 24;
const MULTICAST = 224 * 2 ** 24;
