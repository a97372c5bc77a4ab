/** Who sent a request: the other end of its connection, and the headers it sent. */
export interface Peer {
  readonly remoteAddress: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether a program on this machine sent a request, and not a web page by way of a browser on it: from its own origin, or
 * from a name of its own that it lets point here (DNS rebinding).
 */
export function isLocalProgram({ remoteAddress, headers }: Peer): boolean {
  const fromPage = headers["origin"] !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none";
  return LOOPBACK.test(remoteAddress) && !fromPage && LOCAL_HOST.test(headers["host"] ?? "");
}

const LOOPBACK = /^((::ffff:)?127\.|::1$)/;
const LOCAL_HOST = /^(([a-z0-9-]+\.)*localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;
