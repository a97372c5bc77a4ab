import { parseIpAddress } from "#lib/ip-address.ts";
import { invalid } from "./pattern-problem.ts";

/** A test for addresses of a block such as `10.0.0.0/8` or `2001:db8::/32`. Throws `event-pattern-invalid`. */
export function addressRange(block: string): (address: Uint8Array) => boolean {
  const parts = block.split("/");
  const [network = "", digits = ""] = parts;
  if (parts.length !== 2) throw invalid("Malformed CIDR, one '/' required");
  if (!/^\d{1,3}$/.test(digits)) throw invalid("Malformed CIDR, mask bits must be an integer");
  const base = parseIpAddress(network);
  if (!base) throw invalid(`Nonstandard IP address: ${network}`);
  const bits = Number(digits);
  if (bits > base.length * 8) throw invalid("IP address mask bits too large");
  return (address) => address.length === base.length && sharesBits(base, address, bits);
}

/** Whether two addresses of one length begin with the same bits. */
export function sharesBits(one: Uint8Array, other: Uint8Array, bits: number): boolean {
  for (let at = 0, left = bits; left > 0; at++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff00 >> left) & 0xff;
    if (((one[at] ?? 0) & mask) !== ((other[at] ?? 0) & mask)) return false;
  }
  return true;
}
