import { parseIpAddress } from "#lib/ip-address.ts";
import { sharesBits } from "./cidr.ts";

/**
 * Why an address that an API user chose may not be called, in words; undefined when it may. What answers on this machine
 * and on its links (metadata services among them) trusts whoever can reach it, so it is not reached for others. Private
 * networks may be: that is where this product's users have their services.
 */
export function unreachable(address: string): string | undefined {
  const bytes = parseIpAddress(address.replace(/%.*$/, ""));
  if (!bytes) return "no IP address";
  const inner = embeddedIpv4(bytes) ?? bytes;
  const block = FORBIDDEN.find(
    ({ network, bits }) => network.length === inner.length && sharesBits(network, inner, bits),
  );
  return block?.what;
}

/** The IPv4 address that an IPv6 address stands for: IPv4-mapped, IPv4-compatible, NAT64 and 6to4. */
function embeddedIpv4(bytes: Buffer): Buffer | undefined {
  if (bytes.length !== 16) return undefined;
  if (MAPPED.some((prefix) => sharesBits(prefix, bytes, 96)) && !LOOPBACK_6.equals(bytes)) return bytes.subarray(12);
  return sharesBits(SIX_TO_FOUR, bytes, 16) ? bytes.subarray(2, 6) : undefined;
}

const at = (address: string): Buffer => parseIpAddress(address) ?? Buffer.alloc(0);
const LOOPBACK_6 = at("::1");
const MAPPED: readonly Buffer[] = [at("::ffff:0:0"), at("::"), at("64:ff9b::"), at("64:ff9b:1::")];
const SIX_TO_FOUR = at("2002::");

interface Block {
  readonly network: Buffer;
  readonly bits: number;
  readonly what: string;
}

const block = (network: string, bits: number, what: string): Block => ({ network: at(network), bits, what });

/** https://www.iana.org/assignments/iana-ipv4-special-registry, and its IPv6 twin. */
const FORBIDDEN: readonly Block[] = [
  block("0.0.0.0", 8, "this host"),
  block("127.0.0.0", 8, "loopback"),
  block("169.254.0.0", 16, "link-local"),
  block("192.0.0.0", 24, "reserved"),
  block("224.0.0.0", 4, "multicast"),
  block("240.0.0.0", 4, "reserved"),
  block("::", 128, "this host"),
  block("::1", 128, "loopback"),
  block("fe80::", 10, "link-local"),
  block("fec0::", 10, "site-local"),
  block("ff00::", 8, "multicast"),
  block("fd00:ec2::", 32, "the metadata service's"),
];
