import { networkInterfaces } from "node:os";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** "127.0.0.1:53", "[::1]:53" or "localhost:53"; undefined for anything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, v6, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  return host !== undefined && port <= 65_535 ? { host, port } : undefined;
}

export function showHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An origin: scheme, host and port, without a path or slash at the end. */
export function parseHttpUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.hash) return undefined;
  return url.origin;
}

/** The addresses at which others reach a server that listens on `host`: all of this machine's for a wildcard. */
export function reachableAt(host: string): readonly string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host];
  const outward = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal, address }) => !internal && !address.startsWith("fe80:")),
  );
  const served = outward.filter(({ family }) => host === "::" || family === "IPv4");
  return served.length > 0 ? served.map(({ address }) => address) : [host === "::" ? "::1" : "127.0.0.1"];
}

/** Whether a connection to an IP address ends on this machine. */
export function isThisMachine(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return isLoopback(address) || own.some((known) => known.address === address);
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./.test(address) || address === "::1" || address === "localhost";
}
