import { isIPv4, SocketAddress } from "node:net";
import { crc32c } from "./crc32c.ts";

export interface Endpoints {
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
}

/**
 * The header that tells a target who is behind a TCP connection: PROXY protocol version 2, TCP over IPv4 or IPv6, with
 * a checksum and padded to 100 bytes as AWS's load balancers do.
 * https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt section 2.2
 */
export function proxyHeader({ source, destination }: Endpoints): Buffer {
  const v4 = isIPv4(source.address) && isIPv4(destination.address);
  const address = v4 ? ipv4 : ipv6;
  const header = Buffer.alloc(HEADER_BYTES);
  SIGNATURE.copy(header);
  header[12] = VERSION_2_PROXY;
  header[13] = v4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6;
  header.writeUInt16BE(HEADER_BYTES - PREAMBLE_BYTES, 14);
  let at = PREAMBLE_BYTES;
  at += address(source.address).copy(header, at);
  at += address(destination.address).copy(header, at);
  at = header.writeUInt16BE(source.port, at);
  at = header.writeUInt16BE(destination.port, at);
  const checksum = header.writeUInt16BE(4, header.writeUInt8(TYPE_CRC32C, at));
  const padding = header.writeUInt8(TYPE_NOOP, checksum + 4);
  header.writeUInt16BE(HEADER_BYTES - padding - 2, padding);
  // Of the whole header, with zeros where it will stand.
  header.writeUInt32BE(crc32c(header), checksum);
  return header;
}

function ipv4(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

/** An IPv4 address is mapped into IPv6. */
function ipv6(address: string): Buffer {
  if (isIPv4(address)) return Buffer.concat([Buffer.from("00000000000000000000ffff", "hex"), ipv4(address)]);
  const plain = SocketAddress.parse(`[${address.replace(/%.*$/, "")}]:0`)?.address ?? "::";
  const [front = "", back] = plain.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, embedded).split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(front), groups(back ?? "")];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function embedded(_: string, a: string, b: string, c: string, d: string): string {
  return `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`;
}

const PREAMBLE_BYTES = 16;
const HEADER_BYTES = 100;
const TYPE_CRC32C = 0x03;
const TYPE_NOOP = 0x04;
const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const VERSION_2_PROXY = 0x21;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
