import type { BodyLength, Channel, Flow, Sink } from "./body.ts";
import type { Classification } from "./desync.ts";
import type { Fields, Withheld } from "./fields.ts";

/** A request and the way to answer it, whichever HTTP version it came in. Its framing is settled: nothing here is ambiguous. */
export interface Exchange {
  readonly method: string;
  /** Path and query as the client wrote them, or `*`. */
  readonly target: string;
  /** The authority that is asked for, with its port if it has one; undefined in HTTP/1.0 only. */
  readonly host: string | undefined;
  readonly version: "1.0" | "1.1" | "2";
  /** Without `Host`, pseudo fields and everything that concerns this connection only (RFC 9110 section 7.6.1). */
  readonly fields: Fields;
  /** Those that are not among `fields`: only conditions look at them. */
  readonly withheld?: readonly Withheld[];
  /** 0 when there is no body. */
  readonly bodyLength: BodyLength;
  /** The client speaks another protocol on this connection if it is let (`websocket`). */
  readonly upgrade: string | undefined;
  /** The client waits for 100 before it sends the body: `inform(100, [])`, or reading the body, lets it. */
  readonly expectsContinue: boolean;
  /** The client takes trailers (RFC 9110 section 6.5.1); gRPC wants them. */
  readonly takesTrailers: boolean;
  readonly desync: Classification;
  /** Nothing may follow it on a connection of HTTP/1.1, the client's or the target's: another parser may see its end elsewhere. */
  readonly last?: boolean;
  readonly client: Client;
  /** When the request's head was whole, as `Clock` tells it in milliseconds. */
  readonly arrivedAt: number;
  /** What came of the request and what went of the answer so far: heads and bodies, in bytes before TLS. */
  readonly received: number;
  readonly sent: number;
  /** Delivers the body. Once at most; a body that nobody reads is dropped when the answer ends. */
  readBody(into: Sink): Flow;
  /** Sends an interim answer (1xx, not 101). Dropped where the client's version has none. */
  inform(status: number, fields: Fields): void;
  /**
   * Begins the answer, once: `length` is that of the body (0 for none; for HEAD what it would be, and the sink takes
   * nothing). Fields that concern a connection only are the caller's to leave out, framing is ours to add.
   */
  respond(status: number, reason: string | undefined, fields: Fields, length: BodyLength): Sink;
  /** Answers 101 and hands the connection over; only where `upgrade` is asked for. */
  switchProtocols(fields: Fields): Channel;
  /** Ends the exchange in a way that no client takes for a whole answer. */
  abort(): void;
  /** Each that is named is called once: `whole` when the answer was sent to its end, else when the client is gone or `abort` was called. */
  onEnd(act: (whole: boolean) => void): void;
}

/** Who asks, and on what kind of connection. */
export interface Client {
  readonly address: string;
  readonly port: number;
  /** Where the connection arrived. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly scheme: "http" | "https";
  /** The port that the listener is configured with, wherever it is bound. */
  readonly listenerPort: number;
  readonly tls?: ClientTls;
  /** Names the connection in logs (`TID_…`). */
  readonly connectionId: string;
}

export interface ClientTls {
  /** For example `TLSv1.3`. */
  readonly version: string;
  /** IANA's name, for example `TLS_AES_128_GCM_SHA256`; and OpenSSL's, which ALB's access log has. */
  readonly cipherSuite: string;
  readonly cipher: string;
  readonly serverName: string | undefined;
  /** The certificate that the client was shown. */
  readonly certificateArn: string;
  /** What mutual authentication adds to a request: the `X-Amzn-Mtls-*` fields. */
  readonly mutual: Fields;
}
