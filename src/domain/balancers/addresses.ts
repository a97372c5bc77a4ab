/** Consecutive IPv4 addresses, as numbers. */
export interface AddressRange {
  readonly first: number;
  readonly size: number;
}

/**
 * The addresses of an IPv4 block (`127.0.0.0/8`) that load balancers may have: not its network and broadcast address,
 * and nothing of 127.0.0.0/16, where other programs of the machine listen. Undefined when that leaves none.
 */
export function parseAddressRange(block: string): AddressRange | undefined {
  const [, base, bits] = /^([\d.]+)\/(\d{1,2})$/.exec(block) ?? [];
  const address = parseIpv4(base ?? "");
  const prefix = Number(bits);
  if (address === undefined || prefix > 32) return undefined;
  const length = 2 ** (32 - prefix);
  const network = address - (address % length);
  const [first, last] = prefix >= 31 ? [network, network + length - 1] : [network + 1, network + length - 2];
  const start = first >= LOCAL && first < AFTER_LOCAL ? AFTER_LOCAL : first;
  return start <= last ? { first: start, size: last - start + 1 } : undefined;
}

/** The address at `place`, counted from the first and around at the end. */
export function addressAt({ first, size }: AddressRange, place: number): string {
  const address = first + (place % size);
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** The number that four decimal octets say; undefined for any other writing. */
export function parseIpv4(text: string): number | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!octets || octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0")))) {
    return undefined;
  }
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

const LOCAL = 127 * 2 ** 24;
const AFTER_LOCAL = LOCAL + 2 ** 16;
