import { ipAddressText, parseIpAddress } from "#lib/ip-address.ts";

/** A block of IPv4 addresses, as numbers. */
export interface Block {
  readonly first: number;
  readonly bits: number;
  /** Without bits beyond the prefix, as EC2 canonicalizes it: `100.68.0.18/18` is `100.68.0.0/18`. */
  readonly text: string;
}

/** An IPv4 block; undefined for what is none. */
export function parseBlock(text: string): Block | undefined {
  const [, address = "", prefix = ""] = /^([\d.]{7,15})\/(\d{1,2})$/.exec(text) ?? [];
  const bytes = parseIpAddress(address);
  const bits = Number(prefix);
  if (bytes?.length !== 4 || prefix === "" || bits > 32 || /(^|\.)0\d/.test(address)) return undefined;
  const number = bytes.readUInt32BE();
  const first = number - (number % blockSize(bits));
  return { first, bits, text: `${ipv4Text(first)}/${bits}` };
}

/** An IPv6 block without bits beyond its prefix, in its shortest form; undefined for what is none. */
export function parseBlock6(text: string): string | undefined {
  const [, address = "", prefix = ""] = /^([0-9a-fA-F:.]{2,45})\/(\d{1,3})$/.exec(text) ?? [];
  const bytes = parseIpAddress(address);
  const bits = Number(prefix);
  if (bytes?.length !== 16 || bits > 128) return undefined;
  const masked = bytes.map((byte, at) => byte & (0xff << (8 - Math.min(8, Math.max(0, bits - 8 * at)))));
  return `${ipAddressText(masked)}/${bits}`;
}

/** How many addresses a block of that prefix has. */
export function blockSize(bits: number): number {
  return 2 ** (32 - bits);
}

/** Whether all of a block is in another. */
export function isWithin(inner: Block, outer: Block): boolean {
  return inner.bits >= outer.bits && inner.first >= outer.first && inner.first < outer.first + blockSize(outer.bits);
}

/** Whether two blocks have an address in common. */
export function overlap(a: Block, b: Block): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
