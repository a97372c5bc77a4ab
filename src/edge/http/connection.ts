import type { Socket } from "node:net";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import type { Classification, DesyncMode } from "./desync.ts";
import type { Client, Exchange } from "./exchange.ts";

/** A connection on which a client speaks HTTP. */
export interface HttpConnection {
  /**
   * Ends it behind the requests that are under way: `connection: close`, GOAWAY. One that is idle ends now, or after
   * `patience`: a client that was heard lately may just be asking again, and reads `connection: close` with its answer.
   */
  drain(patience?: Millis): void;
  /** Ends it at once. */
  destroy(): void;
}

/** How a listener wants its connections; read anew for every request. */
export interface ConnectionSettings {
  /** How long a client may be silent. */
  readonly idle: Millis;
  /** How long one connection may be used. */
  readonly life: Millis;
  readonly desync: DesyncMode;
}

/** What becomes of what a client sends. */
export interface HttpHandler {
  /** A request that can be read. */
  request(exchange: Exchange): void;
  /** Bytes that were no request: the connection has said so itself and ends. For logs and metrics. */
  refused(refusal: RefusedRequest): void;
}

export interface RefusedRequest {
  readonly client: Client;
  /** What the client was told: 400, 405, 408, 414, 431, 501, 505 …; undefined in HTTP/2 where a stream or the connection was ended. */
  readonly status: number | undefined;
  readonly desync: Classification;
  /** The first line as far as it could be read, for the log. */
  readonly line: string | undefined;
  readonly received: number;
  readonly sent: number;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Speaks HTTP on a connection that was accepted (and decrypted) elsewhere, until it ends. Never throws. */
export type ServeHttp = (
  socket: Socket,
  client: Client,
  settings: () => ConnectionSettings,
  handler: HttpHandler,
  deps: ConnectionDeps,
) => HttpConnection;
