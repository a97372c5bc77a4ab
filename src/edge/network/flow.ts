import type { Socket } from "node:net";
import type { EdgeTarget } from "#domain/edge-config.ts";
import type { ClientTls } from "#edge/http/exchange.ts";
import type { Handshake } from "#edge/tls/handshake.ts";

/** A connection, or a flow of datagrams, that came to a listener. */
export interface Arrival {
  /** Of the client. */
  readonly address: string;
  readonly port: number;
  /** Where it arrived. */
  readonly localAddress: string;
  readonly localPort: number;
  /** In epoch milliseconds. */
  readonly at: number;
  /** For TLS listeners. */
  readonly tls?: ClientTls | undefined;
  readonly handshake?: Handshake | undefined;
  /** The TCP connection beneath the TLS connection, which can be reset. */
  readonly transport?: Socket | undefined;
}

/** Who broke a flow off; undefined where both sides had said all they wanted, or the client just left. */
export type Reset = "client" | "target" | "elb" | undefined;

/** A flow that has ended: what access logs are made of. */
export interface FlowEnd {
  readonly arrival: Arrival;
  readonly endedAt: number;
  /** From the client, and to it; in bytes after TLS. */
  readonly received: number;
  readonly sent: number;
  /** Undefined when there was none. */
  readonly target: EdgeTarget | undefined;
  /** What was agreed with a TLS target by ALPN. */
  readonly targetProtocol: string | undefined;
  readonly reset: Reset;
}

/** The address and port of both ends of a connection as they are now; undefined when it has ended already. */
export function arrivalOf(socket: Socket, at: number): Arrival | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return {
    address: unmapped(remoteAddress),
    port: remotePort,
    localAddress: unmapped(localAddress ?? "0.0.0.0"),
    localPort: localPort ?? 0,
    at,
  };
}

/** Ends a connection so that the other side sees it was broken off; of a TLS connection, the TCP connection beneath is reset. */
export function reset(socket: Socket, transport: Socket = socket): void {
  if (!transport.destroyed) transport.resetAndDestroy();
}

function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}
