import { isIP } from "node:net";

/** Where a resolver listens. */
export interface ResolverAddress {
  readonly address: string;
  readonly port: number;
}

/** Reads `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1` or `[2001:db8::1]:53`; undefined for anything else. The port is 53 unless it is given. */
export function parseResolver(text: string): ResolverAddress | undefined {
  const [, bracketed, v4, port] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? v4 ?? text;
  const number = port === undefined ? DNS_PORT : Number(port);
  if (address === undefined || isIP(address) === 0 || number < 1 || number > 65_535) return undefined;
  return { address, port: number };
}

/** The resolvers that the text of /etc/resolv.conf names, in its order. */
export function resolversOf(resolvConf: string): readonly ResolverAddress[] {
  return [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(
    ([, address = ""]) => parseResolver(address) ?? [],
  );
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function shownResolver({ address, port }: ResolverAddress): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

const DNS_PORT = 53;
