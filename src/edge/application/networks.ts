import { type IpNetwork, parseIpNetwork } from "#lib/ip-network.ts";

/** A block of addresses as the bytes that count and a mask for the last of them. */
export interface Network {
  readonly length: number;
  readonly prefix: Uint8Array;
  readonly mask: number;
}

/** Reads CIDR notation; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const network: IpNetwork | undefined = parseIpNetwork(text);
  if (!network) return undefined;
  const { bytes, bits } = network;
  const mask = bits % 8 === 0 ? 0xff : (0xff00 >> (bits % 8)) & 0xff;
  return { length: bytes.length, prefix: bytes.subarray(0, Math.ceil(bits / 8)), mask };
}

/** Whether an address of 4 or 16 bytes lies in a block of its own family. */
export function isIn(address: Uint8Array, { length, prefix, mask }: Network): boolean {
  if (address.length !== length) return false;
  const last = prefix.length - 1;
  for (let at = 0; at < last; at++) if (address[at] !== prefix[at]) return false;
  return last < 0 || ((address[last] ?? 0) & mask) === ((prefix[last] ?? 0) & mask);
}
