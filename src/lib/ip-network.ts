import { parseIpAddress } from "./ip-address.ts";

/** Addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`. */
export interface IpNetwork {
  readonly bytes: Buffer;
  readonly bits: number;
}

/** Reads a block in CIDR form, or one address; undefined for anything else. Bits beyond the prefix do not matter. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parseIpAddress(address);
  if (!bytes) return undefined;
  const bits = prefix === undefined ? bytes.length * 8 : Number(prefix);
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined;
}

/** Whether an address lies in a network; false for what is no address. IPv4 and IPv6 are apart. */
export function isInNetwork(address: string, { bytes, bits }: IpNetwork): boolean {
  const own = parseIpAddress(address);
  if (own?.length !== bytes.length) return false;
  const whole = Math.floor(bits / 8);
  if (!own.subarray(0, whole).equals(bytes.subarray(0, whole))) return false;
  const mask = 0xff & (0xff << (8 - (bits % 8)));
  return ((own[whole] ?? 0) & mask) === ((bytes[whole] ?? 0) & mask);
}
