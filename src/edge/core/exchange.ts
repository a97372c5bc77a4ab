import type { Duplex, Readable, Writable } from "node:stream";

/** Header fields in the order they came, names as they were written. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** A request and the way to answer it, whichever HTTP version it came in. */
export interface Exchange {
  readonly method: string;
  /** Path and query as the client wrote them, or `*`. */
  readonly target: string;
  /** The authority that is asked for, with its port if it has one. */
  readonly host: string | undefined;
  /** Without `host` and HTTP/2's pseudo fields. */
  readonly headers: Headers;
  readonly body: Readable;
  /** In bytes; `unknown` when it ends where it ends. */
  readonly bodyLength: number | "unknown";
  readonly client: Client;
  /** The client wants to speak another protocol (WebSocket) on this connection; `head` is what it has said in it. */
  readonly upgrade?: { readonly protocol: string; readonly socket: Duplex; readonly head: Buffer };
  /** Begins the answer. Once only. */
  respond(status: number, reason: string | undefined, headers: Headers): Writable;
  /** Ends the exchange in a way that no client takes for a whole answer. */
  abort(): void;
  /** Calls `act` when the client is gone before the answer was whole. */
  onAbort(act: () => void): void;
}

/** Who asks, and on what kind of connection. */
export interface Client {
  readonly address: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** The port that the listener is configured with, wherever it is bound. */
  readonly listenerPort: number;
  readonly tls?: { readonly version: string; readonly cipherSuite: string };
}

/** The values of a field, in their order. */
export function fieldValues(headers: Headers, name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** Node's flat list of names and values as pairs. */
export function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? "", flat[2 * i + 1] ?? ""]);
}

/** What concerns one connection only (RFC 9110 section 7.6.1) is not passed on. */
export function endToEnd(headers: Headers): Headers {
  const named = fieldValues(headers, "connection").flatMap((value) => value.toLowerCase().split(",").map(trim));
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}

const trim = (text: string): string => text.trim();
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
